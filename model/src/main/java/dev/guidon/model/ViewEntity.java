package dev.guidon.model;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;

/**
 * An entity as a view shows it.
 *
 * @param version of the shown document
 * @param hash SHA-256 of the canonical JSON of {@link #json}
 */
public record ViewEntity(EntityId id, long version, Json.Obj doc, Hash hash) implements Hashed {
  public static ViewEntity of(EntityId id, Versioned shown) {
    return of(id, shown.number(), shown.doc());
  }

  public static ViewEntity of(EntityId id, long version, Json.Obj doc) {
    return new ViewEntity(id, version, doc, Hash.of(CanonicalJson.bytes(json(id, version, doc))));
  }

  /** {@code {"kind":…,"key":…,"version":…,"doc":{…}}}, as frames carry it. */
  public Json.Obj json() {
    return json(id, version, doc);
  }

  private static Json.Obj json(EntityId id, long version, Json.Obj doc) {
    return Json.Obj.builder()
        .put("kind", id.kind().name())
        .put("key", id.key())
        .put("version", version)
        .put("doc", doc)
        .build();
  }
}
