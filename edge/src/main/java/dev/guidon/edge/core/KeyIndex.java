package dev.guidon.edge.core;

import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Versioned;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The SDK keys of a scope's state, found by the hash of a secret. Immutable. */
public final class KeyIndex {
  public static final KeyIndex EMPTY = new KeyIndex(Map.of());

  private final Map<Hash, ReaderKey> bySecret;

  private KeyIndex(Map<Hash, ReaderKey> bySecret) {
    this.bySecret = bySecret;
  }

  public static KeyIndex of(ScopeState state) {
    Map<Hash, ReaderKey> keys = new HashMap<>();
    state.entities().forEach((id, body) -> index(id, body, keys));
    return new KeyIndex(keys);
  }

  /** The index of a later state, the same one when no key changed. */
  public KeyIndex advance(ScopeState state, Iterable<EntityId> changed) {
    for (EntityId id : changed) {
      if (id.kind().equals(EntityKind.SDK_KEY)) {
        return of(state);
      }
    }
    return this;
  }

  private static void index(EntityId id, EntityBody body, Map<Hash, ReaderKey> keys) {
    if (id.kind().equals(EntityKind.SDK_KEY) && body instanceof EntityBody.Present present) {
      Versioned live = present.live();
      ReaderKey key = live == null ? null : readSdkKey(id.key(), live.doc());
      if (key != null) {
        key.secrets().forEach(secret -> keys.put(secret.hash(), key));
      }
    }
  }

  public @Nullable ReaderKey find(Hash secret) {
    return bySecret.get(secret);
  }

  public int size() {
    return bySecret.size();
  }

  /**
   * An SDK_KEY document; {@code null} when it cannot be read or is of a kind that is not known
   * here, so that it opens nothing.
   */
  static @Nullable ReaderKey readSdkKey(String name, Json.Obj doc) {
    String kind = text(doc, "kind");
    if ("server".equals(kind)) {
      return read(name, doc, ReaderKey.Kind.SERVER);
    }
    return "client".equals(kind) ? read(name, doc, ReaderKey.Kind.CLIENT) : null;
  }

  /** The keys part of a CREDENTIAL document of an edge; {@code null} when it cannot be read. */
  static @Nullable ReaderKey readEdgeKey(String name, Json.Obj doc) {
    return read(name, doc, ReaderKey.Kind.EDGE);
  }

  private static @Nullable String text(Json.Obj doc, String member) {
    return doc.get(member) instanceof Json.Str s ? s.value() : null;
  }

  private static @Nullable ReaderKey read(String name, Json.Obj doc, ReaderKey.Kind kind) {
    var problems = new Problems();
    var fields = new Fields(doc, "", problems, /* strict= */ false);
    List<ReaderKey.Secret> secrets = new ArrayList<>();
    for (Json item : fields.items("hashes", 10)) {
      var secret = new Fields(item, "/hashes", problems, /* strict= */ false);
      String hash = secret.string("hash");
      Long notAfter = secret.optionalInstant("notAfter");
      if (Hash.isHash(hash)) {
        secrets.add(new ReaderKey.Secret(new Hash(hash), notAfter));
      }
    }
    var key =
        new ReaderKey(
            kind,
            name,
            secrets,
            fields.optionalInstant("newConnectionsUntil"),
            fields.optionalInstant("expires"));
    return problems.isEmpty() ? key : null;
  }
}
