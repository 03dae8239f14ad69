package dev.guidon.server.command;

import dev.guidon.log.LogException;
import dev.guidon.server.Version;
import dev.guidon.server.config.ConfigException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** All commands of the program, and how their failures become one sentence and an exit code. */
public final class Commands {
  private Commands() {}

  /** Runs a command and returns its exit code; never throws. */
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    CommandLine root = new CommandLine(new Root());
    root.addSubcommand(group("config", "Settings of a server.", configured(new ConfigPrint())));
    root.setExecutionExceptionHandler(Commands::explain);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    return root;
  }

  /** A command that takes every setting as a flag. */
  private static CommandLine configured(Object command) {
    CommandLine line = new CommandLine(command);
    Configuration.addFlags(line.getCommandSpec());
    return line;
  }

  private static CommandLine group(String name, String description, Object... commands) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group()).name(name);
    spec.usageMessage().description(description);
    CommandLine group = new CommandLine(spec);
    for (Object command : commands) {
      group.addSubcommand(command);
    }
    return group;
  }

  /** Expected failures are sentences; anything else is a mistake of ours and shows where. */
  private static int explain(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    return switch (failure) {
      case ConfigException config -> {
        err.println("guidon: " + config.getMessage());
        yield ExitCode.USAGE;
      }
      case CommandFailure known -> {
        err.println("guidon: " + known.getMessage());
        yield known.exitCode();
      }
      case LogException log -> {
        err.println("guidon: " + log.getMessage());
        yield ExitCode.FAILED;
      }
      default -> {
        err.println("guidon: this should not have happened: " + failure);
        failure.printStackTrace(err);
        yield ExitCode.FAILED;
      }
    };
  }

  /** The name of the program. */
  @Command(
      name = "guidon",
      description = "Feature flags for many places, one history.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true,
      versionProvider = Root.class)
  static final class Root implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"guidon " + Version.text()};
    }
  }

  /** A word that only has commands below it. */
  @Command(synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true)
  static final class Group {}
}
