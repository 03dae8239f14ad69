package dev.guidon.server;

import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
import dev.guidon.control.Credential;
import dev.guidon.control.Edit;
import dev.guidon.control.Scopes;
import dev.guidon.control.SdkKey;
import dev.guidon.control.Secret;
import dev.guidon.control.SecretHash;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives an empty log what a person needs to begin: project {@code default} with environment {@code dev}, a flag {@code
 * hello} that is off, an SDK key, and at last the administrator. A start that ended before the administrator was there
 * is done again; what exists already stays.
 */
final class FirstStart {
  static final ScopeId.Catalog PROJECT = new ScopeId.Catalog("default");
  static final ScopeId.Environment ENVIRONMENT = new ScopeId.Environment("default", "dev");
  static final String FLAG = "hello";

  private static final String ACTOR = "guidon serve";
  private static final EntityId ADMIN = new EntityId(EntityKind.CREDENTIAL, "admin");

  private final Scopes scopes;
  private final RandomGenerator random;

  /** @param random nobody can guess */
  FirstStart(Scopes scopes, RandomGenerator random) {
    this.scopes = scopes;
    this.random = random;
  }

  /** Secrets that are shown once and kept nowhere. */
  record Secrets(Secret admin, Secret sdkKey) {
    @Override
    public String toString() {
      return "Secrets";
    }
  }

  /** {@code null} when the log has been used before. */
  @Nullable Secrets run() {
    if (scopes.current(ScopeId.system()).entities().get(ADMIN) != null) {
      return null;
    }
    put(ScopeId.system(), new EntityId(EntityKind.PROJECT, PROJECT.project()), Json.Obj.of("key", Json.of("default")));
    put(
        ScopeId.system(),
        new EntityId(EntityKind.ENVIRONMENT, ENVIRONMENT.text()),
        Json.Obj.of("project", Json.of("default"), "key", Json.of("dev")));
    put(
        PROJECT,
        new EntityId(EntityKind.DECLARATION, FLAG),
        Json.Obj.builder()
            .put("key", FLAG)
            .put("type", "boolean")
            .put("description", "The first flag; turn it on and see.")
            .build());
    put(ENVIRONMENT, EntityId.flag(FLAG), flag());
    Secret sdkKey = secret(Secret.Kind.SERVER);
    replace(ENVIRONMENT, new EntityId(EntityKind.SDK_KEY, "first"), sdkKey("first", sdkKey));
    Secret admin = secret(Secret.Kind.ADMIN);
    replace(ScopeId.system(), ADMIN, admin(admin));
    return new Secrets(admin, sdkKey);
  }

  private static Json.Obj flag() {
    Json.Obj variants = Json.Obj.of("off", Json.of(false), "on", Json.of(true));
    return Json.Obj.builder()
        .put(
            "envelope",
            Json.Obj.builder()
                .put("key", FLAG)
                .put("type", "boolean")
                .put("on", Json.of(false))
                .put("variants", variants)
                .put("offVariant", "off")
                .build())
        .put("default", Json.Obj.of("variant", Json.of("on")))
        .build();
  }

  private Json.Obj sdkKey(String name, Secret secret) {
    return new SdkKey(name, /* server= */ true, hashes(secret), /* newConnectionsUntilMicros= */ null, null).json();
  }

  private Json.Obj admin(Secret secret) {
    return new Credential(ADMIN.key(), Credential.Kind.ADMIN, hashes(secret), List.of(), List.of(), null).json();
  }

  private List<SecretHash> hashes(Secret secret) {
    return List.of(new SecretHash(secret.hash(), scopes.nowMicros(), /* notAfterMicros= */ null));
  }

  private Secret secret(Secret.Kind kind) {
    byte[] bytes = new byte[Secret.RANDOM_BYTES];
    random.nextBytes(bytes);
    return Secret.of(kind, bytes);
  }

  private void put(ScopeId scope, EntityId id, Json.Obj doc) {
    if (scopes.current(scope).entities().get(id) == null) {
      replace(scope, id, doc);
    }
  }

  private void replace(ScopeId scope, EntityId id, Json.Obj doc) {
    Edit edit = new Edit.Put(id, doc, /* basedOn= */ null);
    CommandResult result = scopes.execute(Command.of(scope, "first-start-" + UUID.randomUUID(), ACTOR, edit));
    if (!(result instanceof CommandResult.Committed) && !(result instanceof CommandResult.Unchanged)) {
      throw new StartException("first start: " + id + " of " + scope + " was not written: " + result, null);
    }
  }
}
