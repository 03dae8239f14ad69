package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code guidon lint}: what is legal in an environment and surely not meant. */
@Command(
    name = "lint",
    header = "Finds what is legal in an environment and surely not meant.",
    description = {
      "With --fail-on it exits 10 when there is such a finding, for scripts. What files would spoil,",
      "guidon apply -f FILE --dry-run tells."
    },
    footer = {
      "guidon lint --env shop/prod",
      "guidon lint --flag checkout",
      "guidon lint --fail-on warning -o json"
    })
final class Lint extends ApiCommand {
  /** The least of what makes the command fail. */
  enum FailOn {
    INFO,
    WARNING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(names = "--flag", paramLabel = "FLAG", description = "Only of this flag.")
  @Nullable String flag;

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "Only of these rules, such as unreachable-rule.")
  List<String> rules = List.of();

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      description = "warning or info: exit 10 when there is a finding at least so severe.")
  @Nullable FailOn failOn;

  Lint(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    Place place = Place.of(session);
    Call call = flag == null ? place.get("lint") : place.get("flags", flag, "lint");
    Json answer = session.api().send(call).body();
    List<Json.Obj> findings =
        Members.objects(answer, "findings").stream()
            .filter(one -> rules.isEmpty() || rules.contains(Members.text(one, "rule")))
            .toList();
    long warnings = findings.stream().filter(Lint::isWarning).count();
    Output out = session.out();
    out.list(
        new Table()
            .column("SEVERITY", one -> Members.text(one, "severity"))
            .column("RULE", one -> Members.text(one, "rule"))
            .column("WHERE", Lint::where)
            .column("FINDING", one -> Members.text(one, "message"))
            .wide("SUGGESTION", one -> Members.text(one, "suggestion"))
            .wide("UNLESS", one -> Members.text(one, "unless")),
        findings,
        Lint::where,
        findings.size()
            + (findings.size() == 1 ? " finding, " : " findings, ")
            + warnings
            + (warnings == 1 ? " warning · " : " warnings · ")
            + Members.text(answer, "token"));
    boolean fails =
        failOn == FailOn.INFO && !findings.isEmpty() || failOn == FailOn.WARNING && warnings > 0;
    return fails ? ExitCode.DIFFERENCES : ExitCode.OK;
  }

  private static boolean isWarning(Json.Obj finding) {
    return Members.text(finding, "severity").equals("warning");
  }

  private static String where(Json.Obj finding) {
    return Members.text(finding, "kind")
        + ":"
        + Members.text(finding, "key")
        + Members.text(finding, "pointer");
  }

  /** Warnings of a dry run: what is new first tells so. */
  static void showWarnings(Output out, Json dryRun) {
    for (Json.Obj finding : Members.objects(dryRun, "warnings")) {
      out.note(
          (isWarning(finding) ? "Warning: " : "Note: ")
              + Table.clean(
                  Members.text(finding, "rule")
                      + (Members.isTrue(finding, "new") ? " (new) " : " ")
                      + where(finding)
                      + ": "
                      + Members.text(finding, "message")));
    }
  }
}
