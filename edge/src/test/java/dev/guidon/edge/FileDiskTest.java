package dev.guidon.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
  @TempDir Path folder;

  @Test
  void aFolderWrittenWithDotsIsAFolderLikeAnyOther() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    FileDisk disk =
        new FileDisk(Path.of("./").resolve(here.relativize(folder)).resolve("./x/../data"));

    disk.write("blobs/a", new byte[] {1});

    assertThat(disk.read("blobs/a")).containsExactly(1);
    assertThat(disk.list("blobs")).containsExactly("a");
    assertThat(folder.resolve("data/blobs/a")).exists();
  }

  @Test
  void namesDoNotLeadOutOfTheFolder() {
    FileDisk disk = new FileDisk(folder.resolve("data"));

    assertThatThrownBy(() -> disk.read("../secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("within");
  }
}
