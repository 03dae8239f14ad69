package dev.guidon.control.lint;

import dev.guidon.model.BlobSource;
import dev.guidon.model.Change;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Instants;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Environments from documents as people write them. */
final class LintWorld {
  static final long NOW = 1_800_000_000_000_000L;
  static final String LOG_ID = "0123456789abcdef0123456789abcdef";

  private final Map<String, Map<EntityId, Json.Obj>> environments = new TreeMap<>();
  private final Map<String, Json.Obj> declarations = new HashMap<>();
  Usage usage = Usage.UNKNOWN;

  static Json.Obj json(String text) {
    return (Json.Obj) JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT);
  }

  /** A boolean flag that is on. */
  LintWorld flag(String key, String rest) {
    return flag("prod", key, "boolean", true, "{'on':true,'off':false}", "'off'", rest);
  }

  LintWorld flag(
      String environment,
      String key,
      String type,
      boolean on,
      String variants,
      String off,
      String rest) {
    Json.Obj doc =
        json(
            "{"
                + rest
                + (rest.isEmpty() ? "" : ",")
                + "'envelope':{'key':'"
                + key
                + "','type':'"
                + type
                + "','on':"
                + on
                + ",'variants':"
                + variants
                + ",'offVariant':"
                + off
                + "}}");
    if (!doc.has("default")) {
      doc = doc.with("default", json("{'variant':" + off + "}"));
    }
    return put(environment, EntityId.flag(key), doc);
  }

  LintWorld segment(String key, String rest) {
    return put(
        "prod",
        EntityId.segment(key),
        json("{'key':'" + key + "'" + (rest.isEmpty() ? "" : ",") + rest + "}"));
  }

  LintWorld put(String environment, EntityId id, Json.Obj doc) {
    environments.computeIfAbsent(environment, _ -> new HashMap<>()).put(id, doc);
    return this;
  }

  LintWorld declared(String key, String declaration) {
    declarations.put(key, json(declaration));
    return this;
  }

  static ScopeState state(Map<EntityId, Json.Obj> docs) {
    ScopeState empty = ScopeState.empty(new ScopeId.Environment("shop", "prod"), LOG_ID);
    Map<EntityId, EntityBody> bodies = new HashMap<>();
    docs.forEach((id, doc) -> bodies.put(id, EntityBody.live(id, 1, doc)));
    return new ScopeState(
        empty.scope(),
        empty.position(),
        empty.chain(),
        empty.timeMicros(),
        empty.entities().with(bodies));
  }

  Linter linter() {
    List<LintEnvironment> others = new ArrayList<>();
    LintEnvironment target = LintEnvironment.of("prod", state(Map.of()));
    for (var one : environments.entrySet()) {
      LintEnvironment read = LintEnvironment.of(one.getKey(), state(one.getValue()));
      if (one.getKey().equals("prod")) {
        target = read;
      } else {
        others.add(read);
      }
    }
    return new Linter(target, others, declarations, usage, BlobSource.NONE, NOW);
  }

  /** As {@code rule kind:key pointer}. */
  List<String> found() {
    return linter().all().stream()
        .map(one -> one.rule().id() + " " + one.entity().text() + " " + one.pointer())
        .toList();
  }

  static String instant(long days) {
    return Instants.text(NOW + days * 24 * 3600 * Instants.MICROS_PER_SECOND);
  }

  static Change change(EntityId id, Json.Obj doc) {
    return new Change(id, EntityBody.live(id, 2, doc));
  }
}
