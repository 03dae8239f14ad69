package dev.guidon.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the pages tell people to type works, as {@link PageRun} types it. */
class DocsCommandsTest {
  /** A block in another language would look like a command and be run by nobody. */
  private static final Set<String> NOT_RUN =
      Set.of("bash", "shell", "console", "shell-session", "zsh", "");

  private static final Set<String> WAYS = Set.of("", "ci", "serve");

  private static final AtomicInteger ran = new AtomicInteger();

  @TempDir Path folder;

  @AfterAll
  static void report() throws IOException {
    List<String> pages =
        DocsFiles.pagesWithCommands().stream().filter(DocsCommandsTest::hasCommands).toList();
    if (ran.get() == pages.size()) {
      System.out.println(
          "CLAIM docs-commands: the commands of " + pages.size() + " pages ran as written");
    }
  }

  @TestFactory
  Stream<DynamicTest> commandsOfAPageWork() throws IOException {
    return DocsFiles.pagesWithCommands().stream()
        .filter(DocsCommandsTest::hasCommands)
        .map(page -> DynamicTest.dynamicTest(page, () -> run(page)));
  }

  private static boolean hasCommands(String page) {
    try {
      return Fence.of(DocsFiles.read(page)).stream()
          .anyMatch(fence -> fence.language().equals("sh") && !fence.run().equals("ci"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void run(String page) throws Exception {
    Path own = folder.resolve(page.replace('/', '-').replace(".md", ""));
    Files.createDirectories(own);
    try (PageRun run = new PageRun(page, own)) {
      run.run();
    }
    ran.incrementAndGet();
  }

  @Test
  void commandsThatOnlyCiCanRunAreRunByCi() throws IOException {
    List<String> ci = DocsFiles.read(".ci/run").lines().map(String::strip).toList();

    List<String> missing = new ArrayList<>();
    for (String page : DocsFiles.pagesWithCommands()) {
      for (Fence fence : Fence.of(DocsFiles.read(page))) {
        if (fence.run().equals("ci")) {
          commands(fence)
              .filter(command -> !runs(ci, command))
              .forEach(command -> missing.add(page + ": " + command));
        }
      }
    }

    assertThat(missing).as("commands that .ci/run does not run").isEmpty();
  }

  private static Stream<String> commands(Fence fence) {
    return fence.lines().stream()
        .map(line -> line.replaceFirst("\\s+#.*", "").strip())
        .filter(line -> !line.isEmpty());
  }

  private static boolean runs(List<String> script, String command) {
    Pattern asWritten = Pattern.compile("^(?:\\{ )?" + Pattern.quote(command) + "(?: .*)?$");
    return script.stream().anyMatch(asWritten.asMatchPredicate());
  }

  @Test
  void shellBlocksAreInTheLanguageThatIsRun() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (String page : DocsFiles.pagesWithCommands()) {
      for (Fence fence : Fence.of(DocsFiles.read(page))) {
        if (NOT_RUN.contains(fence.language())
            || (fence.language().equals("sh") && !WAYS.contains(fence.run()))) {
          wrong.add(
              page + ", line " + fence.line() + ": " + fence.language() + " " + fence.words());
        }
      }
    }

    assertThat(wrong).as("blocks (expected: sh, run in one of %s, or text)", WAYS).isEmpty();
  }
}
