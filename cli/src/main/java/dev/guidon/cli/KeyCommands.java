package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon key}. */
@Command(
    name = "key",
    header = "SDK keys: what lets an application read an environment.",
    footer = {
      "guidon key create backend --kind server --env shop/prod > key.txt",
      "guidon key rotate backend --overlap 3600"
    })
final class KeyCommands extends Noun {
  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new KeyCommands(),
        List.of(new KeyListing(env), new KeyCreate(env), new KeyRotate(env), new KeyRevoke(env)));
  }

  /**
   * The secret alone goes to standard output, so that it can be piped where it belongs; it is never
   * shown again.
   */
  private static void showSecret(Session session, Call call, ChangeOptions options, String what) {
    Json body = session.api().send(Changes.prepared(session, call, options)).body();
    Output out = session.out();
    if (Members.isTrue(body, "dryRun")) {
      Changes.showDryRun(session, body);
    } else if (out.format().isForPrograms()) {
      out.document(body);
    } else {
      out.line(Members.text(body, "secret"));
      out.note(what + Changes.receipt(body));
      out.note("Keep the secret now: it is not shown again.");
    }
  }

  @Command(
      name = "list",
      header = "Lists the SDK keys of an environment, without secrets.",
      footer = "guidon key list --env shop/prod")
  private static final class KeyListing extends ApiCommand {
    KeyListing(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      List<Json.Obj> keys = session.api().list(place.get("keys")).items();
      session
          .out()
          .list(
              new Table()
                  .column("NAME", key -> Members.text(key, "name"))
                  .column("KIND", key -> Members.text(key, "kind"))
                  .number("SECRETS", key -> String.valueOf(Members.items(key, "secrets").size()))
                  .column("EXPIRES", key -> Members.text(key, "expires"))
                  .wide("NEW CONNECTIONS UNTIL", key -> Members.text(key, "newConnectionsUntil")),
              keys,
              key -> Members.text(key, "name"),
              (keys.size() == 1 ? "1 key" : keys.size() + " keys") + " · " + place.name());
      return ExitCode.OK;
    }
  }

  @Command(
      name = "create",
      header = "Creates an SDK key and shows its secret, once.",
      footer = "guidon key create backend --kind server --env shop/prod > key.txt")
  private static final class KeyCreate extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Names the key in lists and metrics.")
    String name = "";

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        defaultValue = "server",
        description = "server, or client for browsers and phones, which get answers only.")
    String kind = "server";

    @Option(
        names = "--expires",
        paramLabel = "INSTANT",
        description = "Such as 2027-01-01T00:00:00Z.")
    @Nullable String expires;

    @Mixin ChangeOptions change = new ChangeOptions();

    KeyCreate(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      if (!kind.equals("server") && !kind.equals("client")) {
        throw CliException.usage(
            "--kind: \"" + Table.clean(kind) + "\" (expected: server or client)", null);
      }
      Json body =
          Json.Obj.builder()
              .put("name", name)
              .put("kind", kind)
              .putIfPresent("expires", expires)
              .build();
      showSecret(
          session,
          Place.of(session).call("POST", "keys").body(body),
          change,
          "key " + name + ": created");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rotate",
      header = "Gives a key a second secret; the first works on for a while.",
      footer = "guidon key rotate backend --overlap 3600 --env shop/prod > key.txt")
  private static final class KeyRotate extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "The key's name.")
    String name = "";

    @Option(
        names = "--overlap",
        paramLabel = "SECONDS",
        description = "How long the first secret still works; a day if left out.")
    @Nullable Long overlapSeconds;

    @Mixin ChangeOptions change = new ChangeOptions();

    KeyRotate(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Json body =
          Json.Obj.builder()
              .putIfPresent(
                  "overlapSeconds", overlapSeconds == null ? null : Json.of((long) overlapSeconds))
              .build();
      showSecret(
          session,
          Place.of(session).call("POST", "keys", name, "rotate").body(body),
          change,
          "key " + name + ": rotated");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "revoke",
      header = "Revokes a key for good; its streams end within seconds.",
      footer = "guidon key revoke backend --env shop/prod")
  private static final class KeyRevoke extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "The key's name.")
    String name = "";

    @Mixin ChangeOptions change = new ChangeOptions();

    KeyRevoke(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      if (!change.dryRun) {
        session.confirm("Key " + name + " of " + place.name() + " is going to stop working.", name);
      }
      place.change(place.call("DELETE", "keys", name), change, "key " + name + ": revoked");
      return ExitCode.OK;
    }
  }
}
