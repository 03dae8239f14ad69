package dev.guidon.cli;

import dev.guidon.model.ValueType;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon flag}. */
@Command(
    name = "flag",
    header = "Flags: what they serve, to whom, in an environment.",
    footer = {
      "guidon flag list --env shop/prod",
      "guidon flag create checkout --type boolean",
      "guidon flag rollout checkout --to on=25 --env shop/prod",
      "guidon flag off checkout --env shop/prod --reason 'errors at the till'"
    })
final class FlagCommands extends Noun {
  private static final EntityDoc.Kind FLAG = EntityDoc.Kind.FLAG;

  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new FlagCommands(),
        List.of(
            new FlagList(env),
            new FlagGet(env),
            new FlagCreate(env),
            new FlagSet(env),
            new FlagOn(env),
            new FlagOff(env),
            new FlagToggle(env),
            new FlagRollout(env),
            new FlagHistory(env),
            new FlagArchive(env),
            new FlagDelete(env)));
  }

  private static Json switched(boolean on) {
    return Json.Obj.of("envelope", Json.Obj.of("on", Json.of(on)));
  }

  private static String state(boolean on) {
    return on ? "on" : "off";
  }

  @Command(
      name = "list",
      header = "Lists the flags of an environment.",
      footer = {
        "guidon flag list --env shop/prod",
        "guidon flag list --at 2026-11-22T14:02:00Z -o json"
      })
  private static final class FlagList extends ApiCommand {
    @Option(
        names = "--at",
        paramLabel = "WHEN",
        description = "As of a revision, an instant, or 14:02.")
    @Nullable String at;

    FlagList(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place.of(session)
          .list(
              FLAG,
              at,
              new Table()
                  .column("KEY", item -> Members.text(item, "key"))
                  .column("STATE", FlagList::stateOf)
                  .column("TYPE", item -> Members.text(item, "doc", "envelope", "type"))
                  .column("DEFAULT", item -> DocumentDiff.shown(Members.at(item, "doc", "default")))
                  .number(
                      "RULES", item -> String.valueOf(Members.items(item, "doc", "rules").size()))
                  .number("REVISION", item -> Members.text(item, "version"))
                  .wide("OFF VARIANT", item -> Members.text(item, "doc", "envelope", "offVariant"))
                  .wide(
                      "CLIENTS",
                      item -> Members.isTrue(item, "doc", "clientVisible") ? "yes" : "no")
                  .wide("LAYER", item -> Members.text(item, "doc", "layer")));
      return ExitCode.OK;
    }

    private static String stateOf(Json.Obj item) {
      return Members.isTrue(item, "doc", "envelope", "on") ? "ON" : "OFF";
    }
  }

  @Command(
      name = "get",
      header = "Shows a flag.",
      footer = {"guidon flag get checkout", "guidon flag get checkout -o yaml --at 4812"})
  private static final class FlagGet extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Option(
        names = "--at",
        paramLabel = "WHEN",
        description = "As of a revision, an instant, or 14:02.")
    @Nullable String at;

    FlagGet(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.show(FLAG, key, at, (s, doc) -> FlagWords.lines(doc, place.name()));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "create",
      header = "Declares a flag in the catalog; every environment has it then, off.",
      footer = {
        "guidon flag create checkout --type boolean --project shop",
        "guidon flag create color --type string --variant blue=blue --variant red=red --off-variant blue"
      })
  private static final class FlagCreate extends ApiCommand {
    @Parameters(paramLabel = "KEY", description = "Stays for ever.")
    String key = "";

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        defaultValue = "boolean",
        description = "boolean, string, number or object; stays for ever.")
    ValueType type = ValueType.BOOLEAN;

    @Option(
        names = "--variant",
        paramLabel = "NAME=VALUE",
        description = "A variant; VALUE is JSON, or a bare string.")
    List<String> variants = List.of();

    @Option(
        names = "--off-variant",
        paramLabel = "NAME",
        description = "Served while the flag is off.")
    @Nullable String offVariant;

    @Option(names = "--name", paramLabel = "TEXT", description = "For people.")
    @Nullable String name;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    @Nullable String description;

    @Option(names = "--owner", paramLabel = "TEXT", description = "Who answers for it.")
    @Nullable String owner;

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        description = "release, experiment, operational, permission or configuration.")
    @Nullable String kind;

    @Option(names = "--tag", paramLabel = "TEXT", description = "A tag; may be given often.")
    List<String> tags = List.of();

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagCreate(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      String project = session.settings().project();
      Changes.send(
          session,
          Call.of("POST", "projects", project, "flags").body(declaration()),
          change,
          "flag " + key + ": created in " + project + ", off everywhere",
          receipt ->
              session.out().next("guidon flag on " + key + " --project " + project + " --env …"));
      return ExitCode.OK;
    }

    private Json declaration() {
      Json.Obj.Builder body =
          Json.Obj.builder()
              .put("key", key)
              .put("type", type.text())
              .putIfPresent("name", name)
              .putIfPresent("description", description)
              .putIfPresent("owner", owner)
              .putIfPresent("kind", kind)
              .putIfPresent("offVariant", offVariant);
      if (!tags.isEmpty()) {
        body.put("tags", Members.array(tags));
      }
      if (!variants.isEmpty()) {
        body.put("variants", variantsOf(variants, type == ValueType.STRING));
      }
      return body.build();
    }
  }

  private static Json variantsOf(List<String> texts, boolean areStrings) {
    Json.Obj.Builder variants = Json.Obj.builder();
    for (String text : texts) {
      Arguments.Pair pair = Arguments.Pair.of("--variant", text);
      Json value = Arguments.value(pair.value());
      // A string flag's variant "1" is the string: quoting it for JSON and the shell would be
      // cruel.
      variants.put(
          pair.name(), areStrings && !(value instanceof Json.Str) ? Json.of(pair.value()) : value);
    }
    return variants.build();
  }

  @Command(
      name = "set",
      header = "Changes a flag's document in an environment.",
      footer = {
        "guidon flag set checkout -f checkout.yaml",
        "guidon flag set color --default red",
        "guidon flag set checkout --patch '{\"clientVisible\":true}' --based-on 4812"
      })
  private static final class FlagSet extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "The whole document, as YAML or JSON; - is standard input.")
    @Nullable String file;

    @Option(
        names = "--patch",
        paramLabel = "JSON",
        description = "A merge patch (RFC 7396): null takes a member away; @FILE reads it.")
    @Nullable String patch;

    @Option(names = "--default", paramLabel = "VARIANT", description = "What is served by default.")
    @Nullable String defaultVariant;

    @Option(
        names = "--off-variant",
        paramLabel = "NAME",
        description = "Served while the flag is off.")
    @Nullable String offVariant;

    @Option(
        names = "--variant",
        paramLabel = "NAME=VALUE",
        description = "Adds or replaces a variant; VALUE is JSON, or a bare string.")
    List<String> variants = List.of();

    @Option(
        names = "--client-visible",
        arity = "1",
        paramLabel = "BOOLEAN",
        description = "Whether client keys may evaluate it: true or false.")
    @Nullable Boolean clientVisible;

    @Option(
        names = "--based-on",
        paramLabel = "REVISION",
        description = "Fails when the flag has changed since.")
    @Nullable Long basedOn;

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagSet(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      Call call;
      if (file != null) {
        if (patch != null || !given().members().isEmpty() || !variants.isEmpty()) {
          throw CliException.usage(
              "--file is the whole document; no other change goes with it.", null);
        }
        call = place.put(FLAG, key, Arguments.entity(session.env(), file, FLAG, key));
      } else {
        call = place.patch(FLAG, key, patch(session, place));
      }
      place.change(call.header("If-Match", quoted(basedOn)), change, "flag " + key + ": set");
      return ExitCode.OK;
    }

    private Json.Obj given() {
      Json.Obj.Builder envelope = Json.Obj.builder().putIfPresent("offVariant", offVariant);
      Json.Obj.Builder body = Json.Obj.builder();
      if (offVariant != null) {
        body.put("envelope", envelope.build());
      }
      if (defaultVariant != null) {
        body.put("default", Rollout.fixed(defaultVariant));
      }
      if (clientVisible != null) {
        body.put("clientVisible", (boolean) clientVisible);
      }
      return body.build();
    }

    private Json patch(Session session, Place place) {
      Json.Obj body =
          patch == null ? Json.Obj.of() : Arguments.object(session.env(), "--patch", patch);
      for (var member : given().members().entrySet()) {
        body = body.with(member.getKey(), member.getValue());
      }
      if (!variants.isEmpty()) {
        Json before = place.entity(FLAG, key).body();
        boolean areStrings = "string".equals(Members.string(before, "envelope", "type"));
        Json.Obj envelope =
            body.get("envelope") instanceof Json.Obj present ? present : Json.Obj.of();
        body = body.with("envelope", envelope.with("variants", variantsOf(variants, areStrings)));
      }
      if (body.members().isEmpty()) {
        throw CliException.usage(
            "Nothing to set.",
            "Name a change: --default, --variant, --patch, or a document with -f.");
      }
      return body;
    }
  }

  static @Nullable String quoted(@Nullable Long version) {
    return version == null ? null : "\"" + version + "\"";
  }

  @Command(
      name = "on",
      header = "Turns a flag on in an environment.",
      footer = "guidon flag on checkout --env shop/prod --reason 'launch'")
  private static final class FlagOn extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagOn(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.change(place.patch(FLAG, key, switched(true)), change, "flag " + key + ": on");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "off",
      header = "Turns a flag off in an environment: everybody gets its off variant at once.",
      footer = "guidon flag off checkout --env shop/prod --reason 'errors at the till'")
  private static final class FlagOff extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagOff(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.change(place.patch(FLAG, key, switched(false)), change, "flag " + key + ": off");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "toggle",
      header = "Turns a flag on when it is off, and off when it is on.",
      footer = "guidon flag toggle checkout --env shop/dev")
  private static final class FlagToggle extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagToggle(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      Reply before = place.entity(FLAG, key);
      boolean on = !Members.isTrue(before.body(), "envelope", "on");
      place.change(
          place.patch(FLAG, key, switched(on)).header("If-Match", before.etag()),
          change,
          "flag " + key + ": " + state(on));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rollout",
      header = "Gives shares of the units to variants, by default or in a rule.",
      description = "A unit keeps its variant while its share grows.",
      footer = {
        "guidon flag rollout checkout --to on=25",
        "guidon flag rollout color --to red=10 --to green=10 --rest blue --rule beta"
      })
  private static final class FlagRollout extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Option(
        names = "--to",
        required = true,
        paramLabel = "VARIANT=PERCENT",
        description = "A share; three digits after the point are exact.")
    List<String> to = new ArrayList<>();

    @Option(names = "--rest", paramLabel = "VARIANT", description = "Who gets what is left.")
    @Nullable String rest;

    @Option(names = "--rule", paramLabel = "ID", description = "A rule instead of the default.")
    @Nullable String rule;

    @Option(
        names = "--unit",
        paramLabel = "ATTRIBUTE",
        description = "What is kept together; targetingKey unless it was set before.")
    @Nullable String unit;

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagRollout(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      Reply before = place.entity(FLAG, key);
      Json shares = Rollout.shares(before.body(), to, rest);
      Json patch =
          rule == null
              ? Rollout.patchOfDefault(shares, unit)
              : Rollout.patchOfRule(before.body(), rule, shares, unit);
      place.change(
          place.patch(FLAG, key, patch).header("If-Match", before.etag()),
          change,
          "flag "
              + key
              + ": "
              + (rule == null ? "default " : "rule " + rule + " ")
              + DocumentDiff.serve(Json.Obj.of("split", Json.Obj.of("shares", shares))),
          receipt -> warnIfOff(session, place, before.body()));
      return ExitCode.OK;
    }

    private void warnIfOff(Session session, Place place, Json flag) {
      if (!Members.isTrue(flag, "envelope", "on")) {
        session
            .out()
            .note(
                "The flag is off: everybody gets "
                    + CanonicalJson.text(offVariant(flag))
                    + " until guidon flag on "
                    + key
                    + " --env "
                    + place.name());
      }
    }

    private static Json offVariant(Json flag) {
      Json off = Members.at(flag, "envelope", "offVariant");
      return off == null || off instanceof Json.Null ? Json.of("the code default") : off;
    }
  }

  @Command(
      name = "history",
      header = "Lists the commits that changed a flag, newest first.",
      footer = "guidon flag history checkout --env shop/prod")
  private static final class FlagHistory extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "20",
        description = "At most so many commits (20).")
    int limit = 20;

    FlagHistory(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      Commits.list(
          session, place.get("commits").query("entity", "flag:" + key), place.name(), 0, limit);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "archive",
      header = "Archives a flag in the catalog.",
      footer = "guidon flag archive checkout --project shop --yes")
  private static final class FlagArchive extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Option(names = "--force", description = "Also while it is still evaluated.")
    boolean force;

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagArchive(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      String project = session.settings().project();
      if (!change.dryRun) {
        session.confirm(
            "Flag " + key + " is going to be archived in project " + project + ".", key);
      }
      Changes.send(
          session,
          Call.of("POST", "projects", project, "flags", key, "archive")
              .query("force", force ? "true" : null),
          change,
          "flag " + key + ": archived in " + project,
          receipt -> {});
      return ExitCode.OK;
    }
  }

  @Command(
      name = "delete",
      header = "Deletes a flag in the catalog and in every environment.",
      description = "Its key stays taken for ever.",
      footer = {
        "guidon flag delete checkout --project shop",
        "guidon flag delete checkout --only-env --env shop/dev"
      })
  private static final class FlagDelete extends ApiCommand {
    @Parameters(paramLabel = "FLAG", description = "The flag's key.")
    String key = "";

    @Option(names = "--only-env", description = "Only in the environment in force.")
    boolean onlyEnvironment;

    @Option(names = "--force", description = "Also while it is still evaluated.")
    boolean force;

    @Mixin ChangeOptions change = new ChangeOptions();

    FlagDelete(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      if (onlyEnvironment) {
        if (force) {
          throw CliException.usage(
              "--force goes without --only-env: one environment never asks for it.", null);
        }
        Place place = Place.of(session);
        confirm(session, "in " + place.name());
        place.change(place.delete(FLAG, key), change, "flag " + key + ": deleted");
      } else {
        String project = session.settings().project();
        confirm(session, "in every environment of project " + project);
        Changes.send(
            session,
            Call.of("DELETE", "projects", project, "flags", key)
                .query("force", force ? "true" : null),
            change,
            "flag " + key + ": deleted in " + project,
            receipt -> {});
      }
      return ExitCode.OK;
    }

    private void confirm(Session session, String where) {
      if (!change.dryRun) {
        session.confirm("Flag " + key + " is going to be deleted " + where + ".", key);
      }
    }
  }
}
