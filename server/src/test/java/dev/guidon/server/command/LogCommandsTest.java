package dev.guidon.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.cli.CliEnvironment;
import dev.guidon.cli.Host;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.ServerProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offline commands on a folder that a server has used, some of them beside that server. */
class LogCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private String data = "";

  /** What a command left behind. */
  record Ran(int code, String out, String err) {}

  @BeforeEach
  void useFolder() throws Exception {
    data = folder.resolve("data").toString();
    try (ServerProcess server = TestServer.start(Path.of(data))) {
      server.awaitReady(PATIENCE);
      Ran beside = run("log", "backup", folder.resolve("beside.db").toString(), "--data", data);
      assertThat(beside).as("backup beside a server").extracting(Ran::code).isEqualTo(0);
      server.terminate();
      server.awaitExit(PATIENCE);
    }
  }

  private Ran run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    CliEnvironment world =
        new CliEnvironment(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            /* isTty= */ false,
            InstantSource.system(),
            folder,
            new NobodyThere());
    int code = Commands.run(world, args);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static final class NobodyThere implements Host {
    @Override
    public void pause(Duration duration) {}

    @Override
    public String newKey() {
      return "key";
    }

    @Override
    public @Nullable String readSecret(String prompt) {
      return null;
    }
  }

  @Test
  void soundLogVerifiesWithZero() {
    Ran table = run("log", "verify", "--data", data);
    Ran json = run("log", "verify", "--data", data, "-o", "json");

    assertThat(table.code()).isZero();
    assertThat(table.out()).contains("default/dev").contains("sound: ");
    assertThat(json.out()).contains("\"sound\": true").contains("\"problems\": []");
  }

  @Test
  void damagedLogVerifiesWithOneAndSaysWhere() throws Exception {
    Path log = Path.of(data, "guidon.db");
    byte[] bytes = Files.readAllBytes(log);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"actor\":\"guidon serve\"");
    bytes[at + 10] = 'X';
    Files.write(log, bytes);

    Ran ran = run("log", "verify", "--data", data);

    assertThat(at).isPositive();
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out() + ran.err()).containsPattern("entry|revision");
  }

  @Test
  void exportImportedElsewhereIsTheSameLog() {
    String file = folder.resolve("all.export").toString();
    String other = folder.resolve("other").toString();

    Ran exported = run("log", "export", file, "--data", data);
    Ran imported = run("log", "import", file, "--data", other);

    assertThat(exported.code()).as(exported.err()).isZero();
    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(run("log", "verify", "--data", other).out())
        .isEqualTo(run("log", "verify", "--data", data).out());
    assertThat(run("log", "import", file, "--data", other).code())
        .as("into a log that is not empty")
        .isEqualTo(5);
    assertThat(run("log", "export", file, "--data", data).code())
        .as("over a file that is there")
        .isEqualTo(2);
  }

  @Test
  void recoveryRaisesTheEraOfEveryScope() {
    Ran ran = run("log", "recover", "--data", data);

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .containsPattern("default/dev +1\\.\\d+ +2\\.\\d+")
        .containsPattern("system +1\\.\\d+ +2\\.\\d+");
    assertThat(run("log", "verify", "--data", data).code()).isZero();
  }

  @Test
  void folderWithoutALogIsNotFound() {
    Ran ran = run("log", "verify", "--data", folder.resolve("nothing").toString());

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err()).contains("nothing").contains("expected: a data folder");
  }

  @Test
  void unknownCommandsAreUsageErrors() {
    assertThat(run("frobnicate").code()).isEqualTo(2);
    assertThat(run("log", "frobnicate").code()).isEqualTo(2);
    assertThat(run("serve", "--frobnicate").code()).isEqualTo(2);
  }
}
