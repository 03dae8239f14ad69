package dev.guidon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no server: help, usage, contexts, completion scripts. */
final class CommandLineTest {
  @TempDir Path folder;

  @Test
  void helpPagesStartWithExamples() {
    CliWorld world = new CliWorld(folder);

    Golden.check("help", world.run("--help").out());
    Golden.check("help-flag", world.run("flag", "--help").out());
    Golden.check("help-flag-rollout", world.run("help", "flag", "rollout").out());
    Golden.check("help-apply", world.run("apply", "-h").out());
  }

  @Test
  void helpTopics() {
    CliWorld world = new CliWorld(folder);

    for (String topic : List.of("exit-codes", "formats", "environment", "tokens", "documents")) {
      Golden.check("help-" + topic, world.run("help", topic).out());
    }
    assertThat(world.run("help", "nonsense").exitCode()).isEqualTo(2);
  }

  @Test
  void everyCommandHasAHeaderAndAnExample() {
    CliWorld world = new CliWorld(folder);
    for (String noun : List.of("project", "env", "flag", "segment", "layer", "key", "context")) {
      String help = world.run(noun, "--help").out();
      help.lines()
          .dropWhile(line -> !line.equals("Commands:"))
          .skip(1)
          .map(line -> line.strip().split("\\s+", 2)[0])
          .filter(verb -> !verb.isEmpty())
          .forEach(verb ->
              assertThat(world.run(noun, verb, "--help").out())
                  .as(noun + " " + verb)
                  .contains("Examples:\n  guidon "));
    }
  }

  @Test
  void usageMistakesExit2AndSayWhatIsMeant() {
    CliWorld world = new CliWorld(folder);

    CliWorld.Run typo = world.run("flag", "lst");
    CliWorld.Run token = world.run("flag", "list", "--token", "gdn_per_x");
    CliWorld.Run noVerb = world.run("flag");
    CliWorld.Run json = world.run("flag", "lst", "-o", "json");

    assertThat(List.of(typo.exitCode(), token.exitCode(), noVerb.exitCode(), json.exitCode()))
        .containsOnly(2);
    assertThat(typo.err()).contains("Did you mean: list");
    assertThat(token.err()).contains("never an argument");
    assertThat(noVerb.err()).contains("rollout").doesNotContain("__complete");
    assertThat(json.err()).startsWith("{\n  \"error\": {");
    assertThat(typo.out() + token.out() + noVerb.out() + json.out()).isEmpty();
  }

  @Test
  void globalOptionsMayStandBeforeTheCommandAndTheNearestWins() {
    CliWorld world = new CliWorld(folder).with("GUIDON_PROJECT", "fromvar");

    CliWorld.Run before =
        world.run("-p", "shop", "--server", "http://127.0.0.1:1", "context", "show");
    CliWorld.Run both = world.run("-p", "shop", "context", "show", "-p", "other", "-e", "dev");

    assertThat(before.out()).isEqualTo("server: http://127.0.0.1:1\nproject: shop\nenv: null\n");
    assertThat(both.out()).contains("project: other").contains("env: dev");
    assertThat(world.run("context", "show").out()).contains("project: fromvar");
    assertThat(world.run("context", "show", "-e", "a/b").out()).contains("project: a\nenv: b");
  }

  @Test
  void noServerIsSaidWithTheNextCommand() {
    CliWorld world =
        new CliWorld(folder)
            .with("GUIDON_URL", "http://127.0.0.1:1")
            .with("GUIDON_ENV", "shop/prod");

    CliWorld.Run run = world.run("flag", "list");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("No server answers at http://127.0.0.1:1")
        .contains("guidon serve");
  }

  @Test
  void addressesThatAreNoneAreRefused() {
    CliWorld world = new CliWorld(folder);

    for (String address :
        List.of("localhost:8016", "ftp://x", "http://u:p@host", "http://", "http://a b")) {
      assertThat(world.run("project", "list", "--server", address).exitCode())
          .as(address)
          .isEqualTo(2);
    }
  }

  @Test
  void contextsAreKeptAndTheTokenHasAFileOfItsOwn() throws IOException {
    CliWorld world = new CliWorld(folder).typing(FakeControl.TOKEN + "\n");

    CliWorld.Run used =
        world.run(
            "context",
            "use",
            "prod",
            "--server",
            "https://flags.example.com",
            "-p",
            "shop",
            "-e",
            "prod",
            "--save-token");
    world.run("context", "use", "dev", "-e", "dev");
    world.run("context", "use", "prod");

    Path config = folder.resolve("home/.config/guidon/config.json");
    Path token = folder.resolve("home/.config/guidon/tokens/prod");
    assertThat(used.exitCode()).as(used.err()).isZero();
    assertThat(used.err()).doesNotContain(FakeControl.TOKEN);
    assertThat(Files.readString(config)).doesNotContain("gdn_");
    assertThat(Files.readString(token)).isEqualTo(FakeControl.TOKEN + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    assertThat(world.run("context", "list", "--plain").out())
        .startsWith("dev\t\t\t\tdev\t\nprod\tyes\thttps://flags.example.com\tshop\tprod\t");
    assertThat(world.run("context", "show").out()).contains("context: prod").contains("env: prod");
  }

  @Test
  void tokenOfTheContextOpensTheServer() throws IOException {
    try (FakeControl control = new FakeControl()) {
      CliWorld world = new CliWorld(folder).typing(FakeControl.TOKEN);
      world.run(
          "context", "use", "here", "--server", control.url(), "-e", "shop/prod", "--save-token");

      assertThat(world.run("flag", "list").exitCode()).isZero();
    }
  }

  @Test
  void tokenFilesThatHoldNoTokenAreRefusedWithoutShowingThem() {
    CliWorld world = new CliWorld(folder).file("t", "two words").with("GUIDON_ENV", "shop/prod");

    CliWorld.Run run = world.run("flag", "list", "--token-file", "t");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).doesNotContain("two words");
  }

  @Test
  void colourIsOnlyWhereItIsWanted() {
    CliWorld world = new CliWorld(folder);

    assertThat(world.run("context", "use", "a", "--color", "always").exitCode()).isZero();
    assertThat(world.run("context", "list", "--color", "always").out()).contains("\u001b[");
    assertThat(world.run("context", "list").out()).doesNotContain("\u001b[");
    assertThat(world.atTerminal().run("context", "list").out()).contains("\u001b[");
    assertThat(world.with("NO_COLOR", "1").run("context", "list").out()).doesNotContain("\u001b[");
    assertThat(world.run("context", "list", "--color", "perhaps").exitCode()).isEqualTo(2);
  }

  @Test
  void bashCompletesCommandsOptionsAndKeys() throws Exception {
    assumeThat(Path.of("/bin/bash")).exists();
    Files.writeString(
        folder.resolve("c.bash"), new CliWorld(folder).run("completion", "bash").out());

    assertThat(bash("guidon", "fl")).contains("flag");
    assertThat(bash("guidon", "-p", "shop", "flag", "ro")).contains("rollout");
    assertThat(bash("guidon", "flag", "rollout", "--r")).contains("--rest", "--rule");
    assertThat(bash("guidon", "flag", "rollout", "che")).contains("checkout");
    assertThat(bash("guidon", "flag", "list", "--env", "")).contains("asked:ENV");
    assertThat(bash("guidon", "flag", "list", "--reason", "")).isEmpty();
  }

  /** What bash would offer for the last word; guidon itself answers two words. */
  private List<String> bash(String... words) throws Exception {
    String script =
        """
        guidon() { echo "checkout asked:$2"; }
        source "$0"
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _guidon; printf '%s\\n' "${COMPREPLY[@]}"
        """;
    var command =
        new java.util.ArrayList<>(
            List.of("/bin/bash", "-c", script, folder.resolve("c.bash").toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out.lines().filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void completionScriptsAreAsTheyWere() {
    CliWorld world = new CliWorld(folder);

    Golden.check("completion-bash", world.run("completion", "bash").out());
    Golden.check("completion-zsh", world.run("completion", "zsh").out());
    Golden.check("completion-fish", world.run("completion", "fish").out());
  }
}
