package dev.guidon.cli;

import dev.guidon.model.KeyChunks;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon segment}. */
@Command(
    name = "segment",
    header = "Segments: named groups of contexts, by a condition or by lists of keys.",
    footer = {
      "guidon segment list --env shop/prod",
      "guidon segment add-keys beta u1 u2",
      "guidon segment add-keys beta -f users.txt"
    })
final class SegmentCommands extends Noun {
  private static final EntityDoc.Kind SEGMENT = EntityDoc.Kind.SEGMENT;

  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new SegmentCommands(),
        List.of(
            new SegmentList(env),
            new SegmentGet(env),
            new SegmentCreate(env),
            new SegmentSet(env),
            new SegmentDelete(env),
            new AddKeys(env),
            new RemoveKeys(env)));
  }

  @Command(
      name = "list",
      header = "Lists the segments of an environment.",
      footer = "guidon segment list --env shop/prod")
  private static final class SegmentList extends ApiCommand {
    @Option(
        names = "--at",
        paramLabel = "WHEN",
        description = "As of a revision, an instant, or 14:02.")
    @Nullable String at;

    SegmentList(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place.of(session)
          .list(
              SEGMENT,
              at,
              new Table()
                  .column("KEY", item -> Members.text(item, "key"))
                  .column("KIND", item -> Members.text(item, "doc", "kind"))
                  .column("CONDITION", item -> Members.at(item, "doc", "if") == null ? "no" : "yes")
                  .number("INCLUDED", item -> keys(item, "included"))
                  .number("EXCLUDED", item -> keys(item, "excluded"))
                  .number("REVISION", item -> Members.text(item, "version"))
                  .wide("IF", item -> Members.text(item, "doc", "if")));
      return ExitCode.OK;
    }

    private static String keys(Json.Obj item, String list) {
      Json doc = Members.at(item, "doc");
      return doc == null ? "" : String.valueOf(FlagWords.count(doc, list));
    }
  }

  @Command(
      name = "get",
      header = "Shows a segment.",
      footer = "guidon segment get beta --env shop/prod -o yaml")
  private static final class SegmentGet extends ApiCommand {
    @Parameters(paramLabel = "SEGMENT", description = "The segment's key.")
    String key = "";

    @Option(
        names = "--at",
        paramLabel = "WHEN",
        description = "As of a revision, an instant, or 14:02.")
    @Nullable String at;

    SegmentGet(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.show(SEGMENT, key, at, (s, doc) -> words(doc, place.name()));
      return ExitCode.OK;
    }

    private static List<String> words(Json doc, String place) {
      String when = Members.text(doc, "if");
      return List.of(
          Table.clean(Members.text(doc, "key")) + "  (" + place + ")",
          "  kind      " + Table.clean(Members.text(doc, "kind")),
          "  if        " + (when.isEmpty() ? "(no condition)" : Table.clean(when)),
          "  included  " + FlagWords.count(doc, "included") + " keys",
          "  excluded  " + FlagWords.count(doc, "excluded") + " keys");
    }
  }

  @Command(
      name = "create",
      header = "Creates a segment.",
      footer = {
        "guidon segment create germans --if '{\"attribute\":\"country\",\"op\":\"in\",\"values\":[\"DE\"]}'",
        "guidon segment create beta -f beta.yaml"
      })
  private static final class SegmentCreate extends ApiCommand {
    @Parameters(paramLabel = "KEY", description = "Stays for ever.")
    String key = "";

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "The whole document, as YAML or JSON; - is standard input.")
    @Nullable String file;

    @Option(names = "--if", paramLabel = "JSON", description = "The condition; @FILE reads it.")
    @Nullable String when;

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        description = "The kind of context; user if left out.")
    @Nullable String kind;

    @Mixin ChangeOptions change = new ChangeOptions();

    SegmentCreate(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      Json.Obj doc;
      if (file != null) {
        doc = Arguments.entity(session.env(), file, SEGMENT, key);
      } else {
        doc =
            Json.Obj.builder()
                .put("key", key)
                .putIfPresent("kind", kind)
                .putIfPresent(
                    "if", when == null ? null : Arguments.object(session.env(), "--if", when))
                .build();
      }
      place.change(
          place.put(SEGMENT, key, doc).header("If-None-Match", "*"),
          change,
          "segment " + key + ": created",
          receipt -> session.out().next("guidon segment add-keys " + key + " -f FILE"));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "set",
      header = "Changes a segment.",
      footer = {
        "guidon segment set beta -f beta.yaml",
        "guidon segment set germans --if '{\"attribute\":\"country\",\"op\":\"in\",\"values\":[\"DE\",\"AT\"]}'"
      })
  private static final class SegmentSet extends ApiCommand {
    @Parameters(paramLabel = "SEGMENT", description = "The segment's key.")
    String key = "";

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "The whole document, as YAML or JSON; - is standard input.")
    @Nullable String file;

    @Option(names = "--if", paramLabel = "JSON", description = "The new condition; @FILE reads it.")
    @Nullable String when;

    @Option(names = "--patch", paramLabel = "JSON", description = "A merge patch (RFC 7396).")
    @Nullable String patch;

    @Option(
        names = "--based-on",
        paramLabel = "REVISION",
        description = "Fails when the segment has changed since.")
    @Nullable Long basedOn;

    @Mixin ChangeOptions change = new ChangeOptions();

    SegmentSet(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.change(
          call(session, place).header("If-Match", FlagCommands.quoted(basedOn)),
          change,
          "segment " + key + ": set");
      return ExitCode.OK;
    }

    private Call call(Session session, Place place) {
      int given = (file == null ? 0 : 1) + (when == null ? 0 : 1) + (patch == null ? 0 : 1);
      if (given != 1) {
        throw CliException.usage(
            given + " changes (expected: exactly one of --file, --if and --patch)", null);
      }
      if (file != null) {
        return place.put(SEGMENT, key, Arguments.entity(session.env(), file, SEGMENT, key));
      }
      if (patch != null) {
        return place.patch(SEGMENT, key, Arguments.object(session.env(), "--patch", patch));
      }
      // A merge patch would mix the old condition's members into the new one, so the whole is sent.
      Reply before = place.entity(SEGMENT, key);
      Json.Obj doc = before.body() instanceof Json.Obj object ? object : Json.Obj.of();
      Json.Obj condition =
          Arguments.object(session.env(), "--if", java.util.Objects.requireNonNull(when));
      return place
          .put(SEGMENT, key, doc.with("if", condition))
          .header("If-Match", basedOn == null ? before.etag() : null);
    }
  }

  @Command(
      name = "delete",
      header = "Deletes a segment; refused while a flag names it.",
      footer = "guidon segment delete beta --env shop/prod")
  private static final class SegmentDelete extends ApiCommand {
    @Parameters(paramLabel = "SEGMENT", description = "The segment's key.")
    String key = "";

    @Mixin ChangeOptions change = new ChangeOptions();

    SegmentDelete(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      if (!change.dryRun) {
        session.confirm("Segment " + key + " is going to be deleted in " + place.name() + ".", key);
      }
      place.change(place.delete(SEGMENT, key), change, "segment " + key + ": deleted");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "add-keys",
      header = "Adds keys to a segment's list; a million at once if need be.",
      footer = {
        "guidon segment add-keys beta u1 u2",
        "cut -d, -f1 users.csv | guidon segment add-keys beta -f -"
      })
  private static final class AddKeys extends KeysCommand {
    AddKeys(CliEnvironment env) {
      super(env, "add");
    }
  }

  @Command(
      name = "remove-keys",
      header = "Removes keys from a segment's list.",
      footer = "guidon segment remove-keys beta -f left.txt")
  private static final class RemoveKeys extends KeysCommand {
    RemoveKeys(CliEnvironment env) {
      super(env, "remove");
    }
  }

  private abstract static class KeysCommand extends ApiCommand {
    private final String member;

    @Parameters(index = "0", paramLabel = "SEGMENT", description = "The segment's key.")
    String key = "";

    @Parameters(index = "1..*", paramLabel = "UNIT", description = "Keys of units, as they are.")
    List<String> units = List.of();

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "A file with one key per line; - is standard input.")
    @Nullable String file;

    @Option(names = "--excluded", description = "The list of the excluded instead of the included.")
    boolean excluded;

    @Mixin ChangeOptions change = new ChangeOptions();

    KeysCommand(CliEnvironment env, String member) {
      super(env);
      this.member = member;
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      List<String> keys = keys(session.env());
      String list = excluded ? "excluded" : "included";
      Json body = Json.Obj.of("list", Json.of(list), member, Members.array(keys));
      place.change(
          place.call("POST", SEGMENT.many(), key, "keys").body(body),
          change,
          "segment "
              + key
              + ": "
              + keys.size()
              + (keys.size() == 1 ? " key " : " keys ")
              + (member.equals("add") ? "added to " : "removed from ")
              + list);
      return ExitCode.OK;
    }

    private List<String> keys(CliEnvironment env) {
      Set<String> keys = new LinkedHashSet<>(units);
      if (file != null) {
        text(env, file)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .forEach(keys::add);
      }
      if (keys.isEmpty()) {
        throw CliException.usage(
            "No keys.", "Name them as arguments, or a file with one key per line with -f FILE.");
      }
      if (keys.size() > KeyChunks.KEYS_MAX) {
        throw CliException.usage(
            "keys: " + keys.size() + " (expected: at most " + KeyChunks.KEYS_MAX + ")", null);
      }
      for (String key : keys) {
        if (key.length() > KeyChunks.KEY_CHARS_MAX) {
          throw CliException.usage(
              "key of "
                  + key.length()
                  + " characters (expected: at most "
                  + KeyChunks.KEY_CHARS_MAX
                  + "): "
                  + Table.clean(key.substring(0, 40))
                  + "…",
              null);
        }
      }
      return List.copyOf(keys);
    }

    private static String text(CliEnvironment env, String file) {
      if (file.equals("-")) {
        return DocumentFiles.text("standard input", DocumentFiles.bytesOfStdin(env));
      }
      try {
        return DocumentFiles.text(file, Files.readAllBytes(env.file(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be read", e);
      }
    }
  }
}
