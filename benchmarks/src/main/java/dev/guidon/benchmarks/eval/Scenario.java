package dev.guidon.benchmarks.eval;

/** What is asked. Each scenario has one flag; {@link Workload} has the flags. */
public enum Scenario {
  S1("boolean, on for all"),
  S2("boolean, one equality rule, matches"),
  S2C("S2 with the context built per call"),
  S3("boolean, 50/50 split on the user key"),
  S4("boolean, 20 rules of two clauses: country in 5, integer at least N; the last matches"),
  S4V("S4 with semantic versions"),
  S5("string, 4 weighted variants behind a segment of 1,000 keys"),
  S6("S2 through the OpenFeature Java client");

  private final String says;

  Scenario(String says) {
    this.says = says;
  }

  public String says() {
    return says;
  }

  /** The flag that is asked. */
  public String flag() {
    return switch (this) {
      case S1 -> "s1-banner";
      case S2, S2C, S6 -> "s2-checkout";
      case S3 -> "s3-search";
      case S4 -> "s4-payments";
      case S4V -> "s4v-payments";
      case S5 -> "s5-layout";
    };
  }

  /** Whether the answer is a text, not a boolean. */
  public boolean isText() {
    return this == S5;
  }

  /** Whether a hash decides, so that engines agree on shares and not on users. */
  public boolean isSplit() {
    return this == S3 || this == S5;
  }
}
