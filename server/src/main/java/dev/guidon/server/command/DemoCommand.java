package dev.guidon.server.command;

import dev.guidon.server.demo.Demo;
import dev.guidon.server.demo.DemoFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows in half a minute what the product does. */
@Command(
    name = "demo",
    description = "Runs a shop, flips its flags, kills its server, and says what happened.")
final class DemoCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Option(
      names = "--once",
      description = "Ends after the script; fails when any step does not show what it claims.")
  boolean once;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  boolean help;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("guidon-demo-");
    PrintWriter out = spec.commandLine().getOut();
    Termination termination = new Termination(java.time.Duration.ofSeconds(20));
    int code = ExitCode.FAILED;
    try (Demo demo = new Demo(data, out)) {
      demo.run();
      if (!once) {
        demo.invite();
        termination.awaitAsked();
      }
      code = ExitCode.OK;
    } catch (DemoFailure e) {
      out.flush();
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    } finally {
      Folders.delete(data);
      termination.done(code);
    }
    return code;
  }
}
