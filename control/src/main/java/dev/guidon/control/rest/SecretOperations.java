package dev.guidon.control.rest;

import dev.guidon.control.CommandResult;
import dev.guidon.control.Credential;
import dev.guidon.control.Edit;
import dev.guidon.control.Scopes;
import dev.guidon.control.SdkKey;
import dev.guidon.control.Secret;
import dev.guidon.control.SecretHash;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.Instants;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** SDK keys and credentials: secrets are made here, shown once and kept as hashes. */
final class SecretOperations {
  private static final long OVERLAP_SECONDS_MAX = 365L * 24 * 3600;
  private static final long OVERLAP_SECONDS = 24L * 3600;

  private final Scopes scopes;
  private final Writes writes;
  private final Supplier<byte[]> random;

  /**
   * @param random 32 bytes nobody can guess, fresh at each call
   */
  SecretOperations(Scopes scopes, Writes writes, Supplier<byte[]> random) {
    this.scopes = scopes;
    this.writes = writes;
    this.random = random;
  }

  // --- SDK keys

  private static EntityId key(ApiRequest request) {
    return Entities.id(EntityKind.SDK_KEY, request.parameter("key"));
  }

  ApiResponse listKeys(ApiRequest request) {
    return list(request, scopes.current(request.environment()), EntityKind.SDK_KEY);
  }

  ApiResponse getKey(ApiRequest request) {
    return Entities.get(request, scopes.current(request.environment()), key(request));
  }

  ApiResponse createKey(ApiRequest request) {
    Json body = request.json();
    EntityId id = ProjectOperations.newId(EntityKind.SDK_KEY, body, "name");
    Json.Obj doc = renamed((Json.Obj) body);
    Problems problems = new Problems();
    SdkKey asked = SdkKey.read(doc, problems, /* strict= */ true);
    EntityOperations.refuseIfAny(problems);
    Secret secret =
        Secret.of(asked.server() ? Secret.Kind.SERVER : Secret.Kind.CLIENT, random.get());
    SdkKey made = asked.with(List.of(new SecretHash(secret.hash(), scopes.nowMicros(), null)));
    return created(request, request.environment(), id, made.json(), secret);
  }

  private static Json.Obj renamed(Json.Obj body) {
    Json name = body.get("name");
    if (body.has("key") || body.has("hashes")) {
      throw ApiException.invalid("", "key or hashes (expected: name; secrets are made here)");
    }
    return name == null ? body : body.without("name").with("key", name);
  }

  ApiResponse rotateKey(ApiRequest request) {
    ScopeId scope = request.environment();
    EntityId id = key(request);
    EntityBody.Present there = Entities.require(scopes.current(scope), id);
    SdkKey old = SdkKey.read(doc(there), new Problems(), /* strict= */ false);
    Secret secret = Secret.of(old.server() ? Secret.Kind.SERVER : Secret.Kind.CLIENT, random.get());
    SdkKey next = old.with(rotated(request, old.hashes(), secret));
    return changed(request, scope, id, next.json(), based(request, there), secret);
  }

  ApiResponse revokeKey(ApiRequest request) {
    return revoke(request, request.environment(), key(request));
  }

  // --- credentials

  private static EntityId credential(ApiRequest request) {
    return Entities.id(EntityKind.CREDENTIAL, request.parameter("name"));
  }

  ApiResponse listCredentials(ApiRequest request) {
    return list(request, scopes.current(ScopeId.system()), EntityKind.CREDENTIAL);
  }

  ApiResponse getCredential(ApiRequest request) {
    return Entities.get(request, scopes.current(ScopeId.system()), credential(request));
  }

  ApiResponse self(ApiRequest request) {
    ScopeState system = scopes.current(ScopeId.system());
    EntityId id = new EntityId(EntityKind.CREDENTIAL, request.signedIn().name());
    return ApiResponse.json(200, Entities.doc(id, Entities.require(system, id)))
        .with("Guidon-Token", system.token().text());
  }

  ApiResponse createCredential(ApiRequest request) {
    Json body = request.json();
    EntityId id = ProjectOperations.newId(EntityKind.CREDENTIAL, body, "name");
    Problems problems = new Problems();
    Credential asked = Credential.read(renamed((Json.Obj) body), problems, /* strict= */ true);
    EntityOperations.refuseIfAny(problems);
    Secret secret = Secret.of(asked.kind().secret(), random.get());
    Credential made = asked.with(List.of(new SecretHash(secret.hash(), scopes.nowMicros(), null)));
    return created(request, ScopeId.system(), id, made.json(), secret);
  }

  ApiResponse rotateCredential(ApiRequest request) {
    EntityId id = credential(request);
    EntityBody.Present there = Entities.require(scopes.current(ScopeId.system()), id);
    Credential old = Credential.read(doc(there), new Problems(), /* strict= */ false);
    Secret secret = Secret.of(old.kind().secret(), random.get());
    Credential next = old.with(rotated(request, old.hashes(), secret));
    return changed(request, ScopeId.system(), id, next.json(), based(request, there), secret);
  }

  ApiResponse revokeCredential(ApiRequest request) {
    return revoke(request, ScopeId.system(), credential(request));
  }

  // --- both

  private static Json doc(EntityBody.Present there) {
    return there.live() == null ? Json.Obj.of() : there.live().doc();
  }

  /** Never a rotation of something that somebody else rotated meanwhile. */
  private static Long based(ApiRequest request, EntityBody.Present there) {
    Long asked = request.basedOn();
    return asked == null ? Long.valueOf(there.version()) : asked;
  }

  private List<SecretHash> rotated(ApiRequest request, List<SecretHash> old, Secret secret) {
    Problems problems = new Problems();
    Json body = request.body().length == 0 ? Json.Obj.of() : request.json();
    Fields fields = new Fields(body, "", problems, /* strict= */ true);
    Long overlap = fields.optionalWhole("overlapSeconds", 0, OVERLAP_SECONDS_MAX);
    fields.done();
    EntityOperations.refuseIfAny(problems);
    long now = scopes.nowMicros();
    long end = now + (overlap == null ? OVERLAP_SECONDS : overlap) * Instants.MICROS_PER_SECOND;
    List<SecretHash> next = new ArrayList<>();
    List<SecretHash> good = old.stream().filter(hash -> hash.isGood(now)).toList();
    if (!good.isEmpty() && end > now) {
      SecretHash newest = good.getLast();
      Long until = newest.notAfterMicros();
      next.add(
          new SecretHash(
              newest.hash(), newest.createdMicros(), until == null ? end : Math.min(until, end)));
    }
    next.add(new SecretHash(secret.hash(), now, null));
    return next;
  }

  private ApiResponse created(
      ApiRequest request, ScopeId scope, EntityId id, Json.Obj doc, Secret secret) {
    return secret(request, scope, new Edit.Put(id, doc, Edit.ABSENT), secret, 201);
  }

  private ApiResponse changed(
      ApiRequest request, ScopeId scope, EntityId id, Json.Obj doc, Long basedOn, Secret secret) {
    return secret(request, scope, new Edit.Put(id, doc, basedOn), secret, 200);
  }

  private ApiResponse secret(
      ApiRequest request, ScopeId scope, Edit.Put put, Secret secret, int status) {
    CommandResult result =
        writes.run(request, scope, List.of(put), /* returning= */ false, Writes.SINGLE);
    if (result instanceof CommandResult.Checked) {
      return writes.answer(scope, result);
    }
    Json.Obj receipt = writes.receipt(scope, result);
    Json.Obj body =
        Json.Obj.of(
            "name", Json.of(put.id().key()), "secret", Json.of(secret.text()), "receipt", receipt);
    return ApiResponse.json(status, body)
        .with("Guidon-Token", Writes.text(receipt, "token"))
        .with("Cache-Control", "no-store");
  }

  private ApiResponse revoke(ApiRequest request, ScopeId scope, EntityId id) {
    if (scopes.current(scope).entities().get(id) == null) {
      Entities.require(scopes.current(scope), id);
    }
    return writes.one(request, scope, new Edit.Delete(id, request.basedOn()));
  }

  private static ApiResponse list(ApiRequest request, ScopeState state, EntityKind kind) {
    SortedMap<String, Json> all = new TreeMap<>();
    state
        .entities()
        .forEach((id, body) -> {
          if (id.kind().equals(kind) && body instanceof EntityBody.Present present) {
            all.put(id.key(), Entities.doc(id, present));
          }
        });
    return Cursors.page(request, all).with("Guidon-Token", state.token().text());
  }
}
