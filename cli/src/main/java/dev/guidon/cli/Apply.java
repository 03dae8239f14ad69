package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code guidon apply}: makes an environment as files say, in one commit. */
@Command(
    name = "apply",
    header = "Makes an environment as files say, in one atomic commit.",
    description = {
      "What is so already is left alone, so that applying twice changes nothing. A flag that the",
      "catalog does not know is declared first, which is a commit of its own."
    },
    footer = {
      "guidon apply -f flags/ --env shop/dev --reason 'sprint 12'",
      "guidon apply -f flags/ --env shop/prod --dry-run=server",
      "guidon export --env shop/staging | guidon apply -f - --env shop/dev"
    })
final class Apply extends ApiCommand {
  /** What one commit takes, by the API's contract. */
  private static final int CHANGES_MAX = 1000;

  /** Who checks when nothing is to be changed. */
  enum DryRun {
    /** Files and what the environment holds are compared here. */
    CLIENT,
    /** The server checks the whole commit. */
    SERVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "Files or folders; - is standard input.")
  List<String> files = new ArrayList<>();

  @Option(
      names = "--dry-run",
      arity = "0..1",
      fallbackValue = "SERVER",
      paramLabel = "WHERE",
      description = "Only show: client compares here, server checks everything (the default).")
  @Nullable DryRun dryRun;

  @Option(
      names = "--prune",
      description = "Delete what no file holds, of the kinds that the files hold at all.")
  boolean prune;

  @Option(
      names = "--allow-growth",
      description =
          "Confirms a change that more than doubles a large document or empties a long list.")
  boolean allowGrowth;

  Apply(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    Place place = Place.of(session);
    List<EntityDoc> wanted = DocumentFiles.read(session.env(), files);
    if (wanted.isEmpty()) {
      throw CliException.usage(
          "No flags, segments or layers in " + String.join(", ", files) + ".", null);
    }
    Api.Listing state = place.state(null);
    Plan plan = Plan.of(wanted, state.items(), prune);
    if (plan.steps().size() > CHANGES_MAX) {
      throw CliException.usage(
          plan.steps().size() + " changes (expected: at most " + CHANGES_MAX + " in one commit)",
          "Apply a part of the files at a time.");
    }
    String head = state.token() == null ? place.name() : state.token();
    if (plan.isEmpty() || dryRun == DryRun.CLIENT) {
      Diff.show(session, plan, head);
      return ExitCode.OK;
    }
    List<Plan.Step> undeclared = undeclared(session, plan);
    if (dryRun == DryRun.SERVER) {
      checkOnServer(session, place, plan, undeclared);
      return ExitCode.OK;
    }
    if (!session.out().format().isForPrograms()) {
      plan.show(session.out());
    }
    confirmRemovals(session, place, plan);
    return make(session, place, wanted, plan, undeclared);
  }

  private static void confirmRemovals(Session session, Place place, Plan plan) {
    long removals = plan.count("removed");
    if (removals > 0) {
      session.confirm(
          (removals == 1 ? "1 entity is" : removals + " entities are")
              + " going to be deleted in "
              + place.name()
              + ".",
          place.name());
    }
  }

  private ExitCode make(
      Session session, Place place, List<EntityDoc> wanted, Plan plan, List<Plan.Step> undeclared) {
    Plan last = plan;
    if (!undeclared.isEmpty()) {
      undeclared.forEach(step -> declare(session, step));
      // Declaring wrote them into the environment, off: the versions to build on are new.
      last = Plan.of(wanted, place.state(null).items(), prune);
    }
    if (last.isEmpty()) {
      Diff.show(session, last, place.name());
      return ExitCode.OK;
    }
    ChangeOptions options = new ChangeOptions();
    options.allowGrowth = allowGrowth;
    int count = last.steps().size();
    place.change(
        commit(place, last),
        options,
        "applied " + count + (count == 1 ? " change" : " changes"),
        receipt -> {});
    return ExitCode.OK;
  }

  private static Call commit(Place place, Plan plan) {
    return place
        .call("POST", "commits")
        .body(
            Json.Obj.of(
                "changes", new Json.Arr(plan.steps().stream().map(Plan.Step::edit).toList())));
  }

  /** New flags whose key and type no catalog has fixed yet. */
  private static List<Plan.Step> undeclared(Session session, Plan plan) {
    String project = session.settings().project();
    return plan.steps().stream()
        .filter(step -> step.kind() == EntityDoc.Kind.FLAG && step.before() == null)
        .filter(
            step -> session.api().find(Call.get("projects", project, "flags", step.key())) == null)
        .toList();
  }

  private static Call declaration(Session session, Plan.Step step) {
    Json.Obj.Builder body =
        Json.Obj.builder()
            .put("key", step.key())
            .put("type", Members.text(step.after(), "envelope", "type"))
            .putIfPresent("variants", Members.at(step.after(), "envelope", "variants"))
            .putIfPresent("offVariant", Members.at(step.after(), "envelope", "offVariant"));
    return Call.of("POST", "projects", session.settings().project(), "flags").body(body.build());
  }

  private void declare(Session session, Plan.Step step) {
    Json body =
        session
            .api()
            .send(declaration(session, step).query("reason", session.settings().reason()))
            .body();
    session.out().note("flag " + Table.clean(step.key()) + ": declared" + Changes.receipt(body));
  }

  /**
   * A flag that is not declared yet cannot be in a commit, so its declaration is checked instead.
   */
  private void checkOnServer(Session session, Place place, Plan plan, List<Plan.Step> undeclared) {
    for (Plan.Step step : undeclared) {
      session.api().send(declaration(session, step).query("dryRun", "true"));
      session
          .out()
          .note("flag " + Table.clean(step.key()) + ": would be declared first, then written.");
    }
    Plan rest = new Plan(plan.steps().stream().filter(step -> !undeclared.contains(step)).toList());
    if (rest.isEmpty()) {
      Diff.show(session, plan, place.name());
      return;
    }
    Call call =
        commit(place, rest)
            .query("reason", session.settings().reason())
            .query("dryRun", "true")
            .query("allowGrowth", allowGrowth ? "true" : null);
    Changes.showDryRun(session, session.api().send(call).body());
  }
}
