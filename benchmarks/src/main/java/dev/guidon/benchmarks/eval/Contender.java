package dev.guidon.benchmarks.eval;

import java.util.Arrays;
import java.util.List;

/**
 * Everything that is measured.
 *
 * @param name as results and reports have it
 * @param type the class of its {@link Subject}
 * @param isRival whether it needs the libraries of the rivals
 */
public record Contender(String name, String type, boolean isRival) {
  private static final String OURS = "dev.guidon.benchmarks.eval.";
  private static final String RIVALS = "dev.guidon.benchmarks.rivals.";

  public static final List<Contender> ALL =
      List.of(
          new Contender("floor", OURS + "Floor", false),
          new Contender("engine", OURS + "Guidon$Engine", false),
          new Contender("client", OURS + "Guidon$ByKey", false),
          new Contender("handle", OURS + "Guidon$ByHandle", false),
          new Contender("openfeature", OURS + "Guidon$OpenFeature", false),
          new Contender("LaunchDarkly 7.13.0", RIVALS + "LaunchDarkly", true),
          new Contender("Statsig serversdk 2.2.2", RIVALS + "StatsigServer", true),
          new Contender("Split 4.18.2", RIVALS + "Split", true),
          new Contender("ConfigCat 9.4.3", RIVALS + "ConfigCat", true),
          new Contender("Eppo common 3.9.0", RIVALS + "Eppo", true),
          new Contender("flagd 0.11.15 in process", RIVALS + "Flagd", true),
          new Contender("Optimizely 4.2.2", RIVALS + "OptimizelyFull", true),
          new Contender("Statsig javacore 0.10.2", RIVALS + "StatsigCore", true),
          new Contender("Unleash 12.2.3", RIVALS + "UnleashBootstrap", true),
          new Contender("OpenFeature in memory 1.22.0", RIVALS + "InMemory", true));

  public static List<Contender> ours() {
    return ALL.stream().filter(contender -> !contender.isRival).toList();
  }

  public static List<Contender> rivals() {
    return ALL.stream().filter(Contender::isRival).toList();
  }

  /** The scenarios that make sense for ours; a rival says by itself what it can do. */
  boolean isAsked(Scenario scenario) {
    return switch (name) {
      case "floor" -> scenario != Scenario.S2C;
      case "openfeature" -> scenario == Scenario.S6;
      case "engine", "client", "handle" -> scenario != Scenario.S6;
      default -> true;
    };
  }

  static Subject make(String type) throws ReflectiveOperationException {
    return Class.forName(type).asSubclass(Subject.class).getDeclaredConstructor().newInstance();
  }

  static Contender named(String name) {
    return ALL.stream()
        .filter(contender -> contender.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                name + " (expected: one of " + Arrays.toString(ALL.toArray()) + ")"));
  }
}
