package dev.guidon.control.rest;

import dev.guidon.control.Edit;
import dev.guidon.control.History;
import dev.guidon.control.Scopes;
import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.engine.Ruleset;
import dev.guidon.log.BlobResult;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.FlagKey;
import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Flags, segments and layers of an environment. */
final class EntityOperations {
  private static final int RULESETS_KEPT_MAX = 8;

  private final Scopes scopes;
  private final History history;
  private final Writes writes;
  private final Map<ScopeId, Ruleset> rulesets = new ConcurrentHashMap<>();

  EntityOperations(Scopes scopes, History history, Writes writes) {
    this.scopes = scopes;
    this.history = history;
    this.writes = writes;
  }

  private static EntityId id(ApiRequest request, EntityKind kind) {
    return Entities.id(kind, request.parameter(kind.name()));
  }

  ApiResponse list(ApiRequest request, EntityKind kind) {
    return Entities.list(request, scopes.current(request.environment()), kind);
  }

  ApiResponse get(ApiRequest request, EntityKind kind) {
    return Entities.get(request, scopes.current(request.environment()), id(request, kind));
  }

  ApiResponse put(ApiRequest request, EntityKind kind) {
    return writes.one(
        request,
        request.environment(),
        new Edit.Put(id(request, kind), request.json(), request.basedOn()));
  }

  ApiResponse patch(ApiRequest request, EntityKind kind) {
    Json patch = ProjectOperations.patchOf(request.json());
    Entities.require(scopes.current(request.environment()), id(request, kind));
    return writes.one(
        request,
        request.environment(),
        new Edit.Merge(id(request, kind), patch, request.basedOn()));
  }

  ApiResponse delete(ApiRequest request, EntityKind kind) {
    ScopeState state = scopes.current(request.environment());
    if (state.entities().get(id(request, kind)) == null) {
      Entities.require(state, id(request, kind));
    }
    return writes.one(
        request, request.environment(), new Edit.Delete(id(request, kind), request.basedOn()));
  }

  ApiResponse editKeys(ApiRequest request) {
    EntityId id = id(request, EntityKind.SEGMENT);
    Entities.require(scopes.current(request.environment()), id);
    Problems problems = new Problems();
    Fields fields = new Fields(request.json(), "", problems, /* strict= */ true);
    String list = fields.optionalString("list");
    List<String> add = strings(fields, "add");
    List<String> remove = strings(fields, "remove");
    fields.done();
    refuseIfAny(problems);
    return writes.one(
        request,
        request.environment(),
        new Edit.Keys(id, list == null ? "included" : list, add, remove, request.basedOn()));
  }

  static void refuseIfAny(Problems problems) {
    if (!problems.isEmpty()) {
      throw ApiException.invalid(problems.list());
    }
  }

  static List<String> strings(Fields fields, String name) {
    List<String> all = new ArrayList<>();
    List<Json> items = fields.items(name, KeyChunks.KEYS_MAX);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Json.Str s) {
        all.add(s.value());
      } else {
        fields
            .problems()
            .invalid(fields.at(name) + "/" + i, Fields.shown(items.get(i)), "a string");
      }
    }
    return all;
  }

  // --- explain

  ApiResponse explain(ApiRequest request) {
    Problems problems = new Problems();
    Fields fields = new Fields(request.json(), "", problems, /* strict= */ true);
    String flag = fields.string("flag");
    if (!FlagKey.isValid(flag)) {
      problems.invalid(fields.at("flag"), Texts.shown(flag), FlagKey.EXPECTED);
    }
    Json given = fields.optional("context");
    Problems inContext = new Problems();
    Context context = Contexts.fromJson(given == null ? Json.Obj.of() : given, inContext);
    inContext.list().forEach(p -> problems.add(p.code(), "/context" + p.pointer(), p.message()));
    Long now = fields.optionalInstant("now");
    String region = fields.optionalString("region");
    String at = at(fields);
    fields.done();
    refuseIfAny(problems);
    ScopeState state = state(request, at);
    long micros = now == null ? scopes.nowMicros() : now;
    Ruleset ruleset = ruleset(state, region == null ? View.LIVE_ONLY : region);
    Json.Obj body =
        Json.Obj.builder()
            .put("token", state.token().text())
            .put("flag", flag)
            .put("now", Instants.text(micros))
            .put("explanation", ruleset.explain(flag, context, micros).toJson())
            .build();
    return ApiResponse.json(200, body).with("Guidon-Token", state.token().text());
  }

  /** A revision may be written as a number too. */
  private static @Nullable String at(Fields fields) {
    Json at = fields.optional("at");
    if (at instanceof Json.Num number && number.isSafeInteger()) {
      return String.valueOf(number.longValue());
    }
    return fields.optionalString("at");
  }

  /** The state of the environment at a moment, the present when {@code at} is {@code null}. */
  ScopeState state(ApiRequest request, @Nullable String at) {
    ScopeId scope = request.environment();
    ApiRequest.Moment moment = request.moment("at", at);
    if (moment == null) {
      return scopes.current(scope);
    }
    scopes.current(scope);
    long revision = moment.isInstant() ? history.revisionAt(scope, moment.value()) : moment.value();
    try {
      return history.stateAt(scope, revision);
    } catch (IllegalArgumentException e) {
      throw new ApiException(Code.NOT_FOUND, String.valueOf(e.getMessage()));
    }
  }

  private Ruleset ruleset(ScopeState state, String region) {
    View view = View.of(state, region);
    Ruleset previous = rulesets.get(state.scope());
    Ruleset compiled = Ruleset.compile(view, this::blob, previous).ruleset();
    if (rulesets.size() >= RULESETS_KEPT_MAX) {
      rulesets.clear();
    }
    rulesets.put(state.scope(), compiled);
    return compiled;
  }

  private byte @Nullable [] blob(Hash hash) {
    return scopes.log().getBlob(hash) instanceof BlobResult.Found found ? found.bytes() : null;
  }

  static Problem problem(String pointer, String message) {
    return new Problem(Problem.Code.INVALID, pointer, message);
  }
}
