package dev.guidon.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** The API client's commands, as a program or as a part of one. */
public final class Cli {
  private Cli() {}

  /** Runs one command line to its end; the answer is the exit code. */
  public static int run(String[] args, CliEnvironment env) {
    int exitCode = commandLine(env).execute(args);
    env.stdout().flush();
    return exitCode;
  }

  /**
   * The commands, for a program that adds its own beside them. Its commands get neither options nor
   * error texts from here, unless it adds them before it executes.
   */
  public static CommandLine commandLine(CliEnvironment env) {
    CommandLine root = new CommandLine(new Root());
    root.addSubcommand(ProjectCommands.all(env))
        .addSubcommand(EnvironmentCommands.all(env))
        .addSubcommand(FlagCommands.all(env))
        .addSubcommand(SegmentCommands.all(env))
        .addSubcommand(LayerCommands.all(env))
        .addSubcommand(KeyCommands.all(env))
        .addSubcommand(new Why(env))
        .addSubcommand(new Lint(env))
        .addSubcommand(new History(env))
        .addSubcommand(new Diff(env))
        .addSubcommand(new Apply(env))
        .addSubcommand(new Export(env))
        .addSubcommand(new Promote(env))
        .addSubcommand(new Tail(env))
        .addSubcommand(Generate.all(env))
        .addSubcommand(ContextCommands.all(env))
        .addSubcommand(new Completion(env))
        .addSubcommand(new Complete(env))
        .addSubcommand(new ShowVersion(env))
        .addSubcommand(new Help(env));
    Help.dress(root);
    Errors errors = new Errors(env);
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUsageHelpAutoWidth(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(new PrintWriter(env.stdout(), /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(env.stderr(), /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(errors::ofUsage)
        .setExecutionExceptionHandler(errors::ofExecution);
  }

  /** A command made of others. */
  static CommandLine group(Noun noun, List<ApiCommand> verbs) {
    CommandLine group = new CommandLine(noun);
    verbs.forEach(group::addSubcommand);
    return group;
  }

  /** The global options in force: those given before the command's name lie under its own. */
  static Globals globalsOf(@Nullable CommandSpec spec, Globals own) {
    Globals all = own;
    CommandSpec outer = spec == null ? null : spec.parent();
    while (outer != null) {
      CommandSpec mixin = outer.mixins().get(Globals.NAME);
      if (mixin != null && mixin.userObject() instanceof Globals globals) {
        all = all.over(globals);
      }
      outer = outer.parent();
    }
    return all;
  }

  @Command(
      name = "guidon",
      header = "Feature flags for many places, one history.",
      footer = {
        "guidon flag list --project shop --env prod",
        "guidon flag rollout checkout --to on=25 --env prod --reason 'first wave'",
        "guidon why checkout --context '{\"targetingKey\":\"u42\",\"country\":\"DE\"}' --env prod",
        "guidon help exit-codes"
      })
  private static final class Root extends Noun {
    // Read through the mixin's name, from any command below.
    @SuppressWarnings("UnusedVariable")
    @Mixin(name = Globals.NAME)
    Globals globals = new Globals();
  }
}
