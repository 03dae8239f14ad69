package dev.guidon.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that does something; groups of commands are {@link Noun}s. */
abstract class ApiCommand implements Callable<Integer> {
  private final CliEnvironment env;

  @Spec @Nullable CommandSpec spec;

  @Mixin(name = Globals.NAME)
  Globals globals = new Globals();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  boolean help;

  ApiCommand(CliEnvironment env) {
    this.env = env;
  }

  @Override
  public final Integer call() {
    Session session = Session.open(env, Cli.globalsOf(spec, globals));
    try {
      return run(session).number();
    } finally {
      session.out().flush();
    }
  }

  abstract ExitCode run(Session session);
}
