package dev.guidon.cli;

import dev.guidon.model.Instants;
import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon why}: the trace of one evaluation, by the engine that serves. */
@Command(
    name = "why",
    header = "Tells why a flag answers what it answers.",
    footer = {
      "guidon why checkout --context '{\"targetingKey\":\"u42\",\"country\":\"DE\"}' --env shop/prod",
      "guidon why checkout --context @context.json --at 4790",
      "guidon why checkout --context '{\"targetingKey\":\"u42\"}' --at 14:02 --region sin1"
    })
final class Why extends ApiCommand {
  @Parameters(paramLabel = "FLAG", description = "The flag's key.")
  String key = "";

  @Option(
      names = {"-c", "--context"},
      paramLabel = "JSON",
      defaultValue = "{}",
      description = "Who asks; @FILE and - read it.")
  String context = "{}";

  @Option(
      names = "--at",
      paramLabel = "WHEN",
      description = "As of a revision, an instant, or 14:02.")
  @Nullable String at;

  @Option(names = "--now", paramLabel = "INSTANT", description = "The time that schedules see.")
  @Nullable String now;

  @Option(names = "--region", paramLabel = "REGION", description = "As that region sees it.")
  @Nullable String region;

  Why(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    Place place = Place.of(session);
    if (now != null && Instants.parse(now) == null) {
      throw CliException.usage(
          "--now: \"" + Table.clean(now) + "\" (expected: an instant such as 2026-11-22T14:02:00Z)",
          null);
    }
    Json request =
        Json.Obj.builder()
            .put("flag", key)
            .put("context", Arguments.object(session.env(), "--context", context))
            .putIfPresent("at", at == null ? null : Moment.of(at, session.env().clock()))
            .putIfPresent("now", now)
            .putIfPresent("region", region)
            .build();
    Json answer =
        session.api().send(place.call("POST", "explain").body(request).asQuestion()).body();
    Output out = session.out();
    Json explanation = Members.at(answer, "explanation");
    if (out.format().isForPrograms() || explanation == null) {
      out.document(answer);
      return ExitCode.OK;
    }
    if (out.format() == Format.NAME) {
      out.line(Members.text(explanation, "variant"));
      return ExitCode.OK;
    }
    out.line(
        out.ink().bold(Table.clean(TraceTree.answer(explanation)))
            + "  ("
            + (region == null ? "" : Table.clean(region) + ", ")
            + Members.text(answer, "token")
            + ")");
    TraceTree.lines(explanation, out.ink()).forEach(out::line);
    return ExitCode.OK;
  }
}
