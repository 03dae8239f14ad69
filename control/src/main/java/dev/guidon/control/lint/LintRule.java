package dev.guidon.control.lint;

import java.util.Locale;

/** What the linter looks for. Ids are stable: scripts and tags name them. */
public enum LintRule {
  UNREACHABLE_RULE(Severity.WARNING, "a rule that no context reaches: earlier rules take them all"),
  DUPLICATE_RULE(Severity.WARNING, "a rule that says the same as an earlier one"),
  CONTRADICTORY_CONDITION(Severity.WARNING, "a condition that nothing meets"),
  ALWAYS_TRUE_CONDITION(Severity.INFO, "a condition that everything meets"),
  RULE_WINDOW_OVER(Severity.INFO, "a rule whose time has passed for good"),
  RULE_SERVES_DEFAULT(Severity.INFO, "a last rule that serves what the default serves anyway"),
  ONE_ARMED_SPLIT(Severity.WARNING, "a split that gives everybody the same"),
  EMPTY_SHARE(Severity.INFO, "a share of a split that nobody is in"),
  VARIANT_NEVER_SERVED(Severity.INFO, "a variant that nothing in a flag that is on serves"),
  SHADOWED_TARGET(Severity.WARNING, "a unit in two lists of targets, of which the first wins"),
  PREREQUISITE_NEVER_HOLDS(
      Severity.WARNING, "a prerequisite on variants that the other flag does not serve"),
  SEGMENT_NEVER_MATCHES(Severity.WARNING, "a segment that nobody is in"),
  UNUSED_SEGMENT(Severity.INFO, "a segment that no flag and no other segment names"),
  TYPE_MISMATCH(
      Severity.WARNING, "a flag with another type than the catalog or another environment has"),
  SHAPE_MISMATCH(Severity.WARNING, "objects whose members of one name have different types"),
  READY_FOR_REMOVAL(
      Severity.INFO, "a flag that serves everybody the same value in every environment"),
  PAST_LIFETIME_UNUSED(
      Severity.WARNING, "a flag older than its kind usually gets, and not evaluated any more"),
  PAST_LIFETIME(
      Severity.INFO, "a flag older than its kind usually gets, and evaluated, or not known to be");

  /** How bad it is. */
  public enum Severity {
    INFO,
    WARNING;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Severity severity;
  private final String meaning;

  LintRule(Severity severity, String meaning) {
    this.severity = severity;
    this.meaning = meaning;
  }

  /** As in {@code unreachable-rule}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Severity severity() {
    return severity;
  }

  /** What a finding of this rule is. */
  public String meaning() {
    return meaning;
  }
}
