package dev.guidon.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Parameters;

/** {@code guidon help}: of a command, or on a topic. Also the looks of all help pages. */
@Command(
    name = "help",
    header = "Shows help on a command or a topic.",
    footer = {"guidon help flag rollout", "guidon help exit-codes"})
final class Help extends Noun {
  private static final int WIDTH = 96;

  /** Examples come first: most readers look for one to copy. */
  private static final List<String> SECTIONS =
      List.of(
          UsageMessageSpec.SECTION_KEY_HEADER,
          UsageMessageSpec.SECTION_KEY_DESCRIPTION,
          UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
          UsageMessageSpec.SECTION_KEY_FOOTER,
          UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
          UsageMessageSpec.SECTION_KEY_SYNOPSIS,
          UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING,
          UsageMessageSpec.SECTION_KEY_PARAMETER_LIST,
          UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
          UsageMessageSpec.SECTION_KEY_OPTION_LIST,
          UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
          UsageMessageSpec.SECTION_KEY_COMMAND_LIST);

  private final CliEnvironment env;

  @Parameters(arity = "0..*", paramLabel = "WORD", description = "A command or a topic.")
  List<String> words = List.of();

  Help(CliEnvironment env) {
    this.env = env;
  }

  @Override
  public Integer call() {
    CommandSpec own = spec;
    if (own == null) {
      throw new IllegalStateException("a command outside of a command line");
    }
    String topic = words.size() == 1 ? topics().get(words.getFirst()) : null;
    if (topic != null) {
      env.stdout().print(topic);
    } else {
      CommandLine command = own.root().commandLine();
      for (String word : words) {
        command = command.getSubcommands().get(word);
        if (command == null) {
          throw CliException.usage(
              "No command or topic is called \"" + Table.clean(String.join(" ", words)) + "\".",
              "Topics: " + String.join(", ", topics().keySet()) + "; commands: guidon --help");
        }
      }
      env.stdout().print(command.getUsageMessage());
    }
    env.stdout().flush();
    return ExitCode.OK.number();
  }

  private static Map<String, String> topics() {
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("exit-codes", exitCodes());
    topics.put("formats", FORMATS);
    topics.put("environment", ENVIRONMENT);
    topics.put("tokens", TOKENS);
    topics.put("documents", DOCUMENTS);
    return topics;
  }

  private static String exitCodes() {
    StringBuilder text = new StringBuilder("Exit codes\n\n");
    for (ExitCode code : ExitCode.values()) {
      text.append("%4d  %s%n".formatted(code.number(), code.meaning()));
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  private static final String FORMATS =
      """
      Formats

      -o table   columns for people (the default)
      -o wide    all columns, nothing shortened
      -o json    {"v":1,"items":[...]} for lists, the document itself otherwise; members are added,
                 never renamed. Errors are JSON on standard error: {"error":{"code","message","why",
                 "hint","requestId","exitCode"}}
      -o yaml    the same as YAML
      -o name    keys only, one per line, to feed another command
      --plain    tab-separated values: all columns, no header, nothing shortened

      Data goes to standard output. Everything else goes to standard error. Colour is used only at a
      terminal, and never with NO_COLOR, TERM=dumb or --color=never.
      """;

  private static final String ENVIRONMENT =
      """
      Variables

      GUIDON_URL      the API's address, as --server
      GUIDON_PROJECT  as --project
      GUIDON_ENV      as --env; PROJECT/ENV names both
      GUIDON_TOKEN    the token
      NO_COLOR        no colour
      XDG_CONFIG_HOME where contexts are kept, in guidon/config.json
      XDG_CACHE_HOME  where completion keeps names for a minute

      An option wins over a variable, a variable over the context in use.
      """;

  private static final String TOKENS =
      """
      Tokens

      A token is never an argument, where every process list would show it. It comes from
        --token-file FILE   (- is standard input)
        GUIDON_TOKEN
        the context in use, which names a file: guidon context use prod --save-token <token
      or is asked for at the terminal.
      """;

  private static final String DOCUMENTS =
      """
      Documents

      apply, diff and export use YAML or JSON files of one or many documents. A document has exactly
      one of these members, or several of the lists:

        flag:      {envelope: {key: checkout, type: boolean, ...}, rules: [...], default: {...}}
        segment:   {key: beta, if: {...}, included: [...]}
        layer:     {key: pricing, ranges: [...]}
        flags:     [...]
        segments:  [...]
        layers:    [...]

      A folder means every .yaml, .yml and .json file below it; - means standard input.
      """;

  /** Gives every page the same shape, and names the global options only once, on the first page. */
  static void dress(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    UsageMessageSpec page = spec.usageMessage();
    page.width(WIDTH)
        .synopsisHeading("%nUsage:%n  ")
        .parameterListHeading("%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .footerHeading("%nExamples:%n");
    page.footer(
        java.util.Arrays.stream(page.footer()).map(line -> "  " + line).toArray(String[]::new));
    command.setHelpSectionKeys(SECTIONS);
    if (spec.parent() != null && spec.mixins().containsKey(Globals.NAME)) {
      spec.mixins().get(Globals.NAME).options().forEach(option -> hide(spec, option));
      page.optionListHeading("%nOptions, besides the global ones that guidon --help lists:%n");
    }
    command.getSubcommands().values().forEach(Help::dress);
  }

  private static void hide(CommandSpec spec, OptionSpec global) {
    OptionSpec own = spec.findOption(global.longestName());
    if (own != null) {
      spec.remove(own);
      spec.addOption(OptionSpec.builder(own).hidden(true).build());
    }
  }
}
