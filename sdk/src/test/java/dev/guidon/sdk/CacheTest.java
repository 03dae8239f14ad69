package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.engine.Context;
import dev.guidon.model.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cache may be anything but a reason to fail. */
@Timeout(120)
class CacheTest {
  @TempDir private Path directory;

  private static Path only(Path root, String name) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private Path kept(FakeEdge edge) throws IOException {
    Token token = edge.flag("a", Docs.bool("a", true));
    try (GuidonClient client = FollowingTest.builder(edge).cacheDirectory(directory).build()) {
      assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
      Token second = edge.flag("b", Docs.bool("b", true));
      assertThat(client.awaitRevision(second, FollowingTest.SOON)).isTrue();
    }
    return only(directory, "snapshot").getParent();
  }

  @Test
  void everyByteOfTheCacheMayBeWrong() throws IOException {
    try (FakeEdge edge = new FakeEdge()) {
      Path folder = kept(edge);
      Path root = folder.getParent();
      for (String name : List.of("snapshot", "journal")) {
        Path file = folder.resolve(name);
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
          byte[] bad = good.clone();
          bad[at] ^= (byte) (1 << (at % 8));
          Files.write(file, bad);

          Cache cache = Cache.open(root, FakeEdge.KEY, null, "");
          assertThat(cache).isNotNull();
          var view = cache.load();
          cache.close();

          if (view != null) {
            // A prefix: what was kept before the damage.
            assertThat(view.position().revision()).isBetween(0L, 2L);
          }
          Files.deleteIfExists(folder.resolve("snapshot.corrupt"));
          Files.write(file, good);
          restore(folder, name, good);
        }
      }
    }
  }

  /** Loading cuts what cannot be read. */
  private static void restore(Path folder, String name, byte[] good) throws IOException {
    Files.write(folder.resolve(name), good);
  }

  @Test
  void fileInPlaceOfTheDirectoryIsAClientWithoutCache() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    try (FakeEdge edge = new FakeEdge()) {
      Token token = edge.flag("a", Docs.bool("a", true));
      try (GuidonClient client = FollowingTest.builder(edge).cacheDirectory(file).build()) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
      }
    }
  }

  @Test
  void foldersInPlaceOfFilesCostOnlyTheCache() throws IOException {
    try (FakeEdge edge = new FakeEdge()) {
      Path folder = kept(edge);
      Files.delete(folder.resolve("snapshot"));
      Files.createDirectories(folder.resolve("snapshot").resolve("x"));
      Files.delete(folder.resolve("journal"));
      Files.createDirectories(folder.resolve("journal").resolve("x"));

      try (GuidonClient client = FollowingTest.builder(edge).cacheDirectory(directory).build()) {
        client.awaitReady(FollowingTest.SOON);
        Token token = edge.flag("a", Docs.bool("a", false));
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
        assertThat(client.booleanValue("a", Context.EMPTY, true)).isFalse();
      }
    }
  }

  @Test
  void directoryWhoseLockCannotBeMadeIsReadAndNotWritten() throws IOException {
    try (FakeEdge edge = new FakeEdge()) {
      Path folder = kept(edge);
      Files.delete(folder.resolve("lock"));
      Files.createDirectories(folder.resolve("lock"));
      edge.die();

      try (GuidonClient client = FollowingTest.builder(edge).cacheDirectory(directory).build()) {
        assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue();
      }
    }
  }
}
