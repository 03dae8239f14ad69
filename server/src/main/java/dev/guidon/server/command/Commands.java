package dev.guidon.server.command;

import dev.guidon.cli.Cli;
import dev.guidon.cli.CliEnvironment;
import dev.guidon.log.LogException;
import dev.guidon.server.StartException;
import dev.guidon.server.Version;
import dev.guidon.server.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** All commands of the program, and how their failures become one sentence and an exit code. */
public final class Commands {
  private Commands() {}

  /** Those that start without loading what calls the API. */
  private static final Set<String> OWN = Set.of("serve", "demo", "warm-up", "config");

  /** Runs a command and returns its exit code; never throws. */
  public static int run(String... args) {
    return run(CliEnvironment.ofProcess(), args);
  }

  static int run(CliEnvironment world, String... args) {
    boolean own = args.length > 0 && OWN.contains(args[0]);
    CommandLine root = own ? new CommandLine(new Root()) : Cli.commandLine(world);
    root.setOut(new PrintWriter(world.stdout(), /* autoFlush= */ true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(world.stderr(), /* autoFlush= */ true, StandardCharsets.UTF_8));
    add(root, configured(new Serve()));
    add(root, new CommandLine(new DemoCommand()));
    add(root, new CommandLine(new WarmUp()));
    add(root, group("config", "Settings of a server.", configured(new ConfigPrint())));
    addLogCommands(root);
    CommandLine.IExecutionExceptionHandler others = root.getExecutionExceptionHandler();
    root.setExecutionExceptionHandler((failure, command, parsed) ->
        isOurs(command)
            ? explain(failure, command)
            : others.handleExecutionException(failure, command, parsed));
    int code = root.execute(args);
    world.stdout().flush();
    return code;
  }

  private static boolean isOurs(CommandLine command) {
    Object made = command.getCommand();
    return made != null && made.getClass().getPackageName().equals(Commands.class.getPackageName());
  }

  private static void add(CommandLine root, CommandLine command) {
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setOut(root.getOut());
    command.setErr(root.getErr());
    root.addSubcommand(command);
  }

  /** The API client has commands on history under the same word. */
  private static void addLogCommands(CommandLine root) {
    List<Object> commands =
        List.of(
            new LogVerify(),
            new LogExportCommand(),
            new LogImportCommand(),
            new LogRecover(),
            new LogBackupCommand(),
            new LogTruncate());
    CommandLine known = root.getSubcommands().get("log");
    if (known == null) {
      add(root, group("log", "The log's files.", commands.toArray()));
    } else {
      commands.forEach(command -> add(known, new CommandLine(command)));
    }
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
  private static int explain(Exception failure, CommandLine command) {
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
      case StartException start -> {
        err.println("guidon: " + start.getMessage());
        yield ExitCode.FAILED;
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
