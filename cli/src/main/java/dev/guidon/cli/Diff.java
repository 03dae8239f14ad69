package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon diff}: between two revisions, or between files and an environment. */
@Command(
    name = "diff",
    header = "Shows what differs between two revisions, or between files and an environment.",
    description = "With --exit-code it exits 10 when there is a difference, for scripts.",
    footer = {
      "guidon diff 4790 4812 --env shop/prod",
      "guidon diff 2026-11-22T14:00:00Z",
      "guidon diff -f flags/ --env shop/prod --exit-code"
    })
final class Diff extends ApiCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FROM",
      description = "A revision or an instant.")
  @Nullable String from;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TO",
      description = "A revision or an instant; the present if left out.")
  @Nullable String to;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Files or folders to compare with the environment; - is standard input.")
  List<String> files = List.of();

  @Option(names = "--prune", description = "Count what no file holds as a difference.")
  boolean prune;

  @Option(names = "--exit-code", description = "Exit 10 when there is a difference.")
  boolean exitCode;

  Diff(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    if (files.isEmpty() == (from == null)) {
      throw CliException.usage(
          "Name either a revision to start from, or files with -f.", "guidon diff --help");
    }
    Place place = Place.of(session);
    int differences = from == null ? ofFiles(session, place) : ofRevisions(session, place, from);
    return exitCode && differences > 0 ? ExitCode.DIFFERENCES : ExitCode.OK;
  }

  private int ofFiles(Session session, Place place) {
    Api.Listing state = place.state(null);
    Plan plan = Plan.of(DocumentFiles.read(session.env(), files), state.items(), prune);
    show(session, plan, state.token() == null ? place.name() : state.token());
    return plan.steps().size();
  }

  static void show(Session session, Plan plan, String place) {
    Output out = session.out();
    switch (out.format()) {
      case JSON, YAML ->
          out.document(
              Json.Obj.builder()
                  .put("v", 1)
                  .put("against", place)
                  .put("entities", plan.json())
                  .build());
      case NAME -> plan.steps().forEach(step -> out.line(step.kind().one() + ":" + step.key()));
      case TABLE, WIDE -> {
        plan.show(out);
        out.note(plan.isEmpty() ? "No differences · " + place : plan.summary() + " · " + place);
      }
    }
  }

  private int ofRevisions(Session session, Place place, String start) {
    var clock = session.env().clock();
    Json diff =
        session
            .api()
            .send(
                place
                    .get("diff")
                    .query("from", Moment.of(start, clock))
                    .query("to", to == null ? null : Moment.of(to, clock)))
            .body();
    List<Json.Obj> entities = Members.objects(diff, "entities");
    Output out = session.out();
    switch (out.format()) {
      case JSON, YAML -> out.document(diff);
      case NAME ->
          entities.forEach(entity ->
              out.line(
                  Members.text(entity, "kind") + ":" + Table.clean(Members.text(entity, "key"))));
      case TABLE, WIDE -> {
        Changes.showDiff(out, entities);
        out.note(
            (entities.isEmpty() ? "No differences" : entities.size() + " changed")
                + " · "
                + Members.text(diff, "from")
                + " to "
                + Members.text(diff, "to"));
      }
    }
    return entities.size();
  }
}
