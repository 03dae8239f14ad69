package dev.guidon.cli;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Words every failure: what happened, why, and what to type next; JSON where programs read. */
final class Errors {
  private final CliEnvironment env;

  Errors(CliEnvironment env) {
    this.env = env;
  }

  int ofUsage(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    String hint = "See " + command.getCommandSpec().qualifiedName() + " --help";
    List<String> why = List.of();
    if (exception instanceof UnmatchedArgumentException unmatched) {
      why =
          unmatched.getUnmatched().stream().anyMatch(word -> word.startsWith("--token"))
              ? List.of("A token is never an argument; see guidon help tokens.")
              : suggestions(unmatched);
    }
    return show(
        new CliException.Failure(
            ExitCode.USAGE, "usage", String.valueOf(exception.getMessage()), why, hint, null, null),
        wantsJson(args));
  }

  private static List<String> suggestions(UnmatchedArgumentException unmatched) {
    List<String> like = unmatched.getSuggestions();
    return like.isEmpty() ? List.of() : List.of("Did you mean: " + String.join(", ", like) + "?");
  }

  int ofExecution(Exception exception, CommandLine command, ParseResult result) {
    boolean json = wantsJson(result.originalArgs().toArray(String[]::new));
    env.stdout().flush();
    if (exception instanceof CliException known) {
      return show(known.failure(), json);
    }
    if (env.variable("GUIDON_DEBUG") != null) {
      exception.printStackTrace(env.stderr());
    }
    if (exception instanceof ParameterException usage) {
      return ofUsage(usage, result.originalArgs().toArray(String[]::new));
    }
    Throwable cause = exception.getCause();
    if (exception instanceof UncheckedIOException && cause != null) {
      return show(
          new CliException.Failure(
              ExitCode.FAILED,
              "file",
              exception.getMessage() + ".",
              List.of(String.valueOf(cause.getMessage())),
              null,
              null,
              null),
          json);
    }
    return show(
        new CliException.Failure(
            ExitCode.FAILED,
            "defect",
            "This is a defect of guidon: " + exception + ".",
            List.of(),
            "Set GUIDON_DEBUG=1 for the stack trace, and report it.",
            null,
            null),
        json);
  }

  private int show(CliException.Failure failure, boolean json) {
    if (json) {
      Json error = failure.json();
      env.stderr().print(PrettyJson.text(error) + "\n");
    } else {
      StringBuilder text =
          new StringBuilder("guidon: ").append(lines(failure.message())).append('\n');
      failure.why().forEach(line -> text.append("  ").append(lines(line)).append('\n'));
      if (failure.hint() != null) {
        text.append("  ").append(failure.hint()).append('\n');
      }
      if (failure.requestId() != null) {
        text.append("  request ").append(Table.clean(failure.requestId())).append('\n');
      }
      env.stderr().print(text);
    }
    env.stderr().flush();
    return failure.exit().number();
  }

  private static String lines(String text) {
    return String.join("\n  ", text.lines().map(Table::clean).toList());
  }

  /** A command line that could not be parsed still says whether a program reads the answer. */
  private static boolean wantsJson(String[] args) {
    List<String> words = Arrays.asList(args);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean spaced = word.equals("-o") || word.equals("--output");
      if ((spaced && i + 1 < words.size() && words.get(i + 1).equalsIgnoreCase("json"))
          || word.equalsIgnoreCase("-ojson")
          || word.equalsIgnoreCase("-o=json")
          || word.equalsIgnoreCase("--output=json")) {
        return true;
      }
    }
    return false;
  }
}
