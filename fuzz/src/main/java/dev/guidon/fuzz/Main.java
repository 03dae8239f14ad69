package dev.guidon.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@code ./guidon fuzz TARGET|all|concurrency [--executions N] [--seed S] [--plant BUG]}. */
public final class Main {
  private static final String USAGE =
      "usage: ./guidon fuzz readers|http|frames|disk|evaluator|concurrency|all [--executions N] [--seed S] [--threads N] [--plant BUG]";

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    int status = 0;
    try {
      status = run(new Options(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("guidon: " + e.getMessage());
      status = 2;
    }
    System.exit(status);
  }

  private static int run(Options options) throws Exception {
    boolean found = false;
    for (Kind kind : options.kinds()) {
      Summary summary =
          new Loop(kind, options.seed(), options.executions(1_000_000), options.bug()).run();
      System.out.print(summary.text());
      if (options.bug() == null) {
        System.out.println("CLAIM " + claim(kind) + ": " + summary.brief());
      }
      found |= summary.finding() != null;
    }
    if (options.wants("concurrency")) {
      Concurrency.Result result =
          new Concurrency(options.threads(), options.executions(100_000_000), options.seed())
              .run(/* measuresScaling= */ true);
      System.out.println("CLAIM concurrency: " + result.text());
      found |= !result.isClean();
    }
    return found ? 1 : 0;
  }

  /** Each row of the claims is named as a whole, so that it can be looked for. */
  private static String claim(Kind kind) {
    return switch (kind) {
      case READERS -> "fuzz-readers";
      case HTTP -> "fuzz-http";
      case FRAMES -> "fuzz-frames";
      case DISK -> "fuzz-disk";
      case EVALUATOR -> "fuzz-evaluator";
    };
  }

  /** What was asked for. */
  private static final class Options {
    private final String target;
    private final String[] arguments;

    Options(String[] arguments) {
      this.arguments = arguments;
      if (arguments.length == 0 || arguments.length % 2 == 0) {
        throw new IllegalArgumentException(USAGE);
      }
      this.target = arguments[0];
      if (kinds().isEmpty() && !wants("concurrency")) {
        throw new IllegalArgumentException("target: " + target + "\n" + USAGE);
      }
      for (int i = 1; i < arguments.length; i += 2) {
        if (!List.of("--executions", "--seed", "--plant", "--threads").contains(arguments[i])) {
          throw new IllegalArgumentException("option: " + arguments[i] + "\n" + USAGE);
        }
      }
    }

    boolean wants(String name) {
      return target.equals(name);
    }

    List<Kind> kinds() {
      List<Kind> kinds = new ArrayList<>(Arrays.asList(Kind.values()));
      kinds.removeIf(kind -> !target.equals("all") && !target.equals(kind.text()));
      return kinds;
    }

    long seed() {
      return number("--seed", 1);
    }

    long executions(long usual) {
      return number("--executions", usual);
    }

    int threads() {
      return (int) number("--threads", 8);
    }

    @org.jspecify.annotations.Nullable
    Planted bug() {
      int at = Arrays.asList(arguments).indexOf("--plant");
      return at < 0 ? null : Planted.named(arguments[at + 1].toLowerCase(Locale.ROOT));
    }

    private long number(String option, long usual) {
      int at = Arrays.asList(arguments).indexOf(option);
      if (at < 0) {
        return usual;
      }
      try {
        return Long.parseLong(arguments[at + 1].replace("_", ""));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            option + ": " + arguments[at + 1] + " (expected: a number)", e);
      }
    }
  }
}
