package dev.guidon.model;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/** What a scope holds under an {@link EntityId}. */
public sealed interface EntityBody extends Hashed permits EntityBody.Present, EntityBody.Gone {

  /**
   * @param live what decisions use; {@code null} while a release brings the entity's first version
   * @param candidate the one version that a running release is bringing in
   */
  record Present(@Nullable Versioned live, @Nullable Versioned candidate, Hash hash)
      implements EntityBody {
    @Override
    public long version() {
      return Math.max(live == null ? 0 : live.number(), candidate == null ? 0 : candidate.number());
    }
  }

  /**
   * The tombstone of a deleted entity, kept for ever so that a key never means two things.
   *
   * @param version the number of the last version
   * @param type of a flag, or {@code null}
   * @param last hash of the last body; only restoring that very body lifts the tombstone
   */
  record Gone(long version, @Nullable String type, Hash last, Hash hash) implements EntityBody {}

  /** The highest version number given so far. */
  long version();

  static Present live(EntityId id, long version, Json.Obj doc) {
    return present(id, new Versioned(version, doc), /* candidate= */ null);
  }

  static Present present(EntityId id, @Nullable Versioned live, @Nullable Versioned candidate) {
    if (live == null && candidate == null) {
      throw new IllegalArgumentException(
          id + ": neither live nor candidate (expected: at least one)");
    }
    return new Present(live, candidate, Hash.of(CanonicalJson.bytes(json(id, live, candidate))));
  }

  static Gone gone(EntityId id, long version, @Nullable String type, Hash last) {
    return new Gone(
        version, type, last, Hash.of(CanonicalJson.bytes(json(id, version, type, last))));
  }

  /**
   * As it stands in entries and snapshots; {@link #hash} is over the canonical bytes of exactly
   * this.
   */
  static Json.Obj json(EntityId id, EntityBody body) {
    if (body instanceof Present present) {
      return json(id, present.live(), present.candidate());
    }
    Gone gone = (Gone) body;
    return json(id, gone.version(), gone.type(), gone.last());
  }

  private static Json.Obj json(
      EntityId id, @Nullable Versioned live, @Nullable Versioned candidate) {
    Json.Obj.Builder out = Json.Obj.builder().put("kind", id.kind().name()).put("key", id.key());
    if (live != null) {
      out.put("live", json(live));
    }
    if (candidate != null) {
      out.put("candidate", json(candidate));
    }
    return out.build();
  }

  private static Json.Obj json(Versioned versioned) {
    return Json.Obj.builder()
        .put("version", versioned.number())
        .put("doc", versioned.doc())
        .build();
  }

  private static Json.Obj json(EntityId id, long version, @Nullable String type, Hash last) {
    Json.Obj.Builder gone = Json.Obj.builder().put("version", version).put("hash", last.hex());
    if (type != null) {
      gone.put("type", type);
    }
    return Json.Obj.builder()
        .put("kind", id.kind().name())
        .put("key", id.key())
        .put("gone", gone.build())
        .build();
  }

  /** Reads what {@link #json} wrote. */
  static Change read(Json json, String pointer, Problems problems) {
    Fields fields = new Fields(json, pointer, problems, /* strict= */ false);
    String kind = fields.string("kind");
    String key = fields.string("key");
    EntityId id;
    try {
      id = new EntityId(new EntityKind(kind), key);
    } catch (IllegalArgumentException e) {
      problems.invalid(pointer, String.valueOf(e.getMessage()), "a kind and a key");
      id = EntityId.flag("?");
    }
    Json goneJson = fields.optional("gone");
    if (goneJson != null) {
      Fields gone = new Fields(goneJson, fields.at("gone"), problems, /* strict= */ false);
      String last = gone.string("hash");
      Hash hash = Hash.isHash(last) ? new Hash(last) : Hash.ZERO;
      return new Change(
          id,
          gone(id, gone.whole("version", 0, Long.MAX_VALUE), gone.optionalString("type"), hash));
    }
    Versioned live = versioned(fields, "live");
    Versioned candidate = versioned(fields, "candidate");
    if (live == null && candidate == null) {
      problems.invalid(pointer, "no live, candidate or gone", "one of them");
      live = new Versioned(0, Json.Obj.of());
    }
    return new Change(id, present(id, live, candidate));
  }

  private static @Nullable Versioned versioned(Fields fields, String name) {
    Json json = fields.optional(name);
    if (json == null) {
      return null;
    }
    Fields inner = new Fields(json, fields.at(name), fields.problems(), /* strict= */ false);
    long number = inner.whole("version", 0, Long.MAX_VALUE);
    Json doc = inner.required("doc", "an object");
    if (doc instanceof Json.Obj object) {
      return new Versioned(number, object);
    }
    fields.problems().invalid(inner.at("doc"), Fields.shown(doc), "an object");
    return null;
  }
}
