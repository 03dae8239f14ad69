package dev.guidon.cli;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code guidon export}: an environment as documents that {@code apply} reads. */
@Command(
    name = "export",
    header = "Writes an environment as documents that apply reads.",
    description = {
      "Long key lists are written as the hashes of their chunks: they can be applied where the keys",
      "themselves are stored already."
    },
    footer = {
      "guidon export --env shop/prod > prod.yaml",
      "guidon export --env shop/prod --dir flags/",
      "guidon export --at 4790 -o json"
    })
final class Export extends ApiCommand {
  @Option(
      names = "--at",
      paramLabel = "WHEN",
      description = "As of a revision, an instant, or 14:02.")
  @Nullable String at;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "One file for each flag, segment and layer; nothing there is deleted.")
  @Nullable String directory;

  Export(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    Place place = Place.of(session);
    Api.Listing state = place.state(at);
    String summary =
        state.items().size()
            + " documents · "
            + (state.token() == null ? place.name() : state.token());
    if (directory != null) {
      write(session, state.items(), session.env().file(directory));
      session.out().note(summary + " · in " + directory);
    } else if (session.out().format() == Format.NAME) {
      state
          .items()
          .forEach(item ->
              session
                  .out()
                  .line(Members.text(item, "kind") + ":" + Table.clean(Members.text(item, "key"))));
    } else {
      session.out().document(bundle(state.items()));
      session.out().note(summary);
    }
    return ExitCode.OK;
  }

  private static Json bundle(List<Json.Obj> items) {
    Json.Obj.Builder bundle = Json.Obj.builder().put("v", 1);
    for (EntityDoc.Kind kind : EntityDoc.Kind.values()) {
      List<Json> documents = new ArrayList<>();
      for (Json.Obj item : items) {
        Json doc = item.get("doc");
        if (doc != null && kind.one().equals(Members.string(item, "kind"))) {
          documents.add(doc);
        }
      }
      bundle.put(kind.many(), new Json.Arr(documents));
    }
    return bundle.build();
  }

  private static void write(Session session, List<Json.Obj> items, Path folder) {
    boolean json = session.out().format() == Format.JSON;
    for (Json.Obj item : items) {
      EntityDoc.Kind kind = EntityDoc.Kind.named(Members.text(item, "kind"));
      Json doc = item.get("doc");
      if (kind == null || doc == null) {
        continue;
      }
      Json document = Json.Obj.of(kind.one(), doc);
      Path file =
          folder.resolve(
              kind.many(), fileName(Members.text(item, "key")) + (json ? ".json" : ".yaml"));
      try {
        Files.createDirectories(folder.resolve(kind.many()));
        Files.writeString(file, json ? PrettyJson.text(document) + "\n" : Yaml.text(document));
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be written", e);
      }
    }
  }

  /** Any key makes a name that any file system takes, and no key leads out of the folder. */
  private static String fileName(String key) {
    String name = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("*", "%2A");
    return name.startsWith(".") ? "%2E" + name.substring(1) : name;
  }
}
