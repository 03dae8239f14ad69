package dev.guidon.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.server.demo.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DemoTest {
  private static final long SECONDS_MAX = 120;

  @Test
  void demoShowsEveryStepOnEightyColumnsAndExitsWithZero() throws Exception {
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                TestServer.classPath(),
                Main.class.getName(),
                "demo",
                "--once")
            .redirectErrorStream(true)
            .start();
    String out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    boolean ended = demo.waitFor(SECONDS_MAX, TimeUnit.SECONDS);

    assertThat(ended).isTrue();
    assertThat(demo.exitValue()).as(out).isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(out)
        .contains("0 errors")
        .contains("p50")
        .contains("rule germany")
        .doesNotContain("\u001b");
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
        .as(ServerProcess.class.getName())
        .isEmpty();
  }
}
