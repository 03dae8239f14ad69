package dev.guidon.server;

import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
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
 * Gives an empty log what a person needs to begin: project {@code default} with environment {@code
 * dev}, a flag {@code hello} that is off, and an SDK key.
 */
final class FirstStart {
  static final ScopeId.Catalog PROJECT = new ScopeId.Catalog("default");
  static final ScopeId.Environment ENVIRONMENT = new ScopeId.Environment("default", "dev");
  static final String FLAG = "hello";

  private static final String ACTOR = "guidon serve";
  private static final String SDK_KEY = "first";

  private final Scopes scopes;
  private final RandomGenerator random;

  /**
   * @param random nobody can guess
   */
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

  /**
   * @param admin the administrator's secret, if this start made one because the log was empty
   * @return {@code null} when the log has been used before
   */
  @Nullable Secrets run(@Nullable Secret admin) {
    if (admin == null) {
      return null;
    }
    put(
        ScopeId.system(),
        new EntityId(EntityKind.PROJECT, PROJECT.project()),
        Json.Obj.of("key", Json.of("default")));
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
    Secret sdkKey = sdkSecret();
    put(ENVIRONMENT, new EntityId(EntityKind.SDK_KEY, SDK_KEY), document(sdkKey));
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

  private Secret sdkSecret() {
    byte[] bytes = new byte[Secret.RANDOM_BYTES];
    random.nextBytes(bytes);
    return Secret.of(Secret.Kind.SERVER, bytes);
  }

  private Json.Obj document(Secret secret) {
    List<SecretHash> hashes =
        List.of(new SecretHash(secret.hash(), scopes.nowMicros(), /* notAfterMicros= */ null));
    return new SdkKey(
            SDK_KEY, /* server= */ true, hashes, /* newConnectionsUntilMicros= */ null, null)
        .json();
  }

  private void put(ScopeId scope, EntityId id, Json.Obj doc) {
    Edit edit = new Edit.Put(id, doc, Edit.ABSENT);
    CommandResult result =
        scopes.execute(Command.of(scope, "first-start-" + UUID.randomUUID(), ACTOR, edit));
    if (!(result instanceof CommandResult.Committed)) {
      throw new StartException(
          "first start: " + id + " of " + scope + " was not written: " + result, null);
    }
  }
}
