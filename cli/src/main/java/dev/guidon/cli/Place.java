package dev.guidon.cli;

import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One environment, as commands read and change it. */
final class Place {
  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final Session session;
  private final ScopeId.Environment scope;

  Place(Session session, ScopeId.Environment scope) {
    this.session = session;
    this.scope = scope;
  }

  static Place of(Session session) {
    return new Place(session, session.settings().scope());
  }

  /** As people and tokens write it. */
  String name() {
    return scope.text();
  }

  Call get(String... segments) {
    return call("GET", segments);
  }

  Call call(String method, String... segments) {
    List<String> all =
        new ArrayList<>(List.of("projects", scope.project(), "environments", scope.environment()));
    all.addAll(List.of(segments));
    return Call.of(method, all.toArray(String[]::new));
  }

  /** The entities of one kind, now or as of a revision or instant. */
  Api.Listing entities(EntityDoc.Kind kind, @Nullable String at) {
    return at == null
        ? session.api().list(get(kind.many()))
        : session
            .api()
            .list(
                get("state")
                    .query("at", Moment.of(at, session.env().clock()))
                    .query("kind", kind.one()));
  }

  /** Everything decisions need, at one revision. */
  Api.Listing state(@Nullable String at) {
    return session
        .api()
        .list(get("state").query("at", at == null ? null : Moment.of(at, session.env().clock())));
  }

  /** One entity, now. */
  Reply entity(EntityDoc.Kind kind, String key) {
    return session.api().send(get(kind.many(), key));
  }

  /** The document of one entity, now or as of a revision or instant. */
  Json document(EntityDoc.Kind kind, String key, @Nullable String at) {
    if (at == null) {
      return entity(kind, key).body();
    }
    for (Json.Obj item : entities(kind, at).items()) {
      Json doc = item.get("doc");
      if (key.equals(Members.string(item, "key")) && doc != null) {
        return doc;
      }
    }
    throw new CliException(
        ExitCode.NOT_FOUND,
        "not-found",
        "No " + kind.one() + " \"" + key + "\" in " + name() + " at " + at + ".",
        "guidon history --entity " + kind.one() + ":" + key + " tells when it was there.");
  }

  /** Lists entities in the chosen format. */
  void list(EntityDoc.Kind kind, @Nullable String at, Table table) {
    Api.Listing listing = entities(kind, at);
    int count = listing.items().size();
    session
        .out()
        .list(
            table,
            listing.items(),
            item -> Members.text(item, "key"),
            count
                + " "
                + (count == 1 ? kind.one() : kind.many())
                + " · "
                + (listing.token() == null ? name() : listing.token()));
  }

  /** Shows one document: as it stands for programs, in words for people. */
  void show(
      EntityDoc.Kind kind,
      String key,
      @Nullable String at,
      BiFunction<Session, Json, List<String>> words) {
    Json doc = document(kind, key, at);
    Output out = session.out();
    switch (out.format()) {
      case JSON, YAML -> out.document(doc);
      case NAME -> out.line(key);
      case TABLE, WIDE -> words.apply(session, doc).forEach(out::line);
    }
  }

  Call patch(EntityDoc.Kind kind, String key, Json patch) {
    return call("PATCH", kind.many(), key).body(patch).header("Content-Type", MERGE_PATCH);
  }

  Call put(EntityDoc.Kind kind, String key, Json doc) {
    return call("PUT", kind.many(), key).body(doc);
  }

  Call delete(EntityDoc.Kind kind, String key) {
    return call("DELETE", kind.many(), key);
  }

  /** Sends a change and says what became of it. */
  void change(Call call, ChangeOptions options, String what) {
    Changes.send(session, call, options, what, receipt -> {});
  }

  void change(Call call, ChangeOptions options, String what, Consumer<Json> then) {
    Changes.send(session, call, options, what, then);
  }
}
