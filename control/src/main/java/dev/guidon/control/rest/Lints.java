package dev.guidon.control.rest;

import dev.guidon.control.DeclaredTimes;
import dev.guidon.control.EvaluationCounts;
import dev.guidon.control.Scopes;
import dev.guidon.control.lint.Finding;
import dev.guidon.control.lint.LintEnvironment;
import dev.guidon.control.lint.Linter;
import dev.guidon.control.lint.Usage;
import dev.guidon.log.BlobResult;
import dev.guidon.model.Change;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the linter says: of an environment, of a flag, and of a change that is only tried. */
final class Lints {
  private static final int ENVIRONMENTS_KEPT_MAX = 16;

  private final Scopes scopes;
  private final EvaluationCounts counts;
  private final DeclaredTimes declaredTimes;
  private final Map<ScopeId, Read> environments = new ConcurrentHashMap<>();

  private record Read(Position position, LintEnvironment environment) {}

  Lints(Scopes scopes, EvaluationCounts counts) {
    this.scopes = scopes;
    this.counts = counts;
    this.declaredTimes = new DeclaredTimes(scopes);
  }

  ApiResponse environment(ApiRequest request) {
    ScopeState state = scopes.current(request.environment());
    return answer(request, state, linter(request.environment(), read(state)).all());
  }

  ApiResponse flag(ApiRequest request) {
    ScopeState state = scopes.current(request.environment());
    EntityId id = Entities.id(dev.guidon.model.EntityKind.FLAG, request.parameter("flag"));
    Entities.require(state, id);
    return answer(request, state, linter(request.environment(), read(state)).flag(id.key()));
  }

  private ApiResponse answer(ApiRequest request, ScopeState state, List<Finding> findings) {
    Long since = counts.countedSince(state.scope());
    Json.Obj body =
        Json.Obj.builder()
            .put("token", state.token().text())
            .putIfPresent("countedSince", since == null ? null : Instants.text(since))
            .put("findings", new Json.Arr(findings.stream().map(one -> (Json) one.json()).toList()))
            .build();
    // Findings change with time and with other environments, so their own text is their version.
    String etag = "\"" + Hash.of(CanonicalJson.bytes(body)).hex().substring(0, 32) + "\"";
    ApiResponse response =
        etag.equals(request.header().apply("if-none-match"))
            ? ApiResponse.notModified()
            : ApiResponse.json(200, body);
    return response.with("ETag", etag).with("Guidon-Token", state.token().text());
  }

  /**
   * Of entities that would change, and of others only what is new.
   *
   * @return findings with {@code new}: whether the change makes them so
   */
  List<Json> warnings(ScopeState before, List<Change> changes) {
    if (!(before.scope() instanceof ScopeId.Environment scope)) {
      return List.of();
    }
    LintEnvironment old = read(before);
    LintEnvironment next = old.with(changes);
    Set<EntityId> changed =
        changes.stream().map(Change::id).collect(Collectors.toCollection(TreeSet::new));
    Set<EntityId> around = new TreeSet<>(old.around(changed));
    around.addAll(next.around(changed));
    Set<String> known =
        linter(scope, old).of(around).stream().map(old::place).collect(Collectors.toSet());
    List<Json> warnings = new ArrayList<>();
    for (Finding finding : linter(scope, next).of(around)) {
      boolean isNew = !known.contains(next.place(finding));
      if (isNew || changed.contains(finding.entity())) {
        warnings.add(finding.json().with("new", Json.of(isNew)));
      }
    }
    return warnings;
  }

  private LintEnvironment read(ScopeState state) {
    Read known = environments.get(state.scope());
    if (known == null || !known.position().equals(state.position())) {
      if (environments.size() >= ENVIRONMENTS_KEPT_MAX) {
        environments.clear();
      }
      known = new Read(state.position(), LintEnvironment.of(state.scope().text(), state));
      environments.put(state.scope(), known);
    }
    return known.environment();
  }

  private Linter linter(ScopeId.Environment scope, LintEnvironment target) {
    List<LintEnvironment> others = new ArrayList<>();
    for (ScopeId.Environment other : scopes.environments(scope.project())) {
      if (!other.equals(scope)) {
        others.add(read(scopes.current(other)));
      }
    }
    ScopeId.Catalog catalog = new ScopeId.Catalog(scope.project());
    Map<String, Json.Obj> declarations = new HashMap<>();
    scopes
        .current(catalog)
        .entities()
        .forEach((id, body) -> {
          if (body instanceof EntityBody.Present present && present.live() != null) {
            declarations.put(id.key(), present.live().doc());
          }
        });
    return new Linter(
        target,
        others,
        declarations,
        usage(scope, declaredTimes.of(catalog)),
        this::blob,
        scopes.nowMicros());
  }

  private byte @Nullable [] blob(Hash hash) {
    return scopes.log().getBlob(hash) instanceof BlobResult.Found found ? found.bytes() : null;
  }

  private Usage usage(ScopeId.Environment scope, Map<String, Long> declared) {
    return new Usage() {
      @Override
      public @Nullable Long declaredMicros(String flag) {
        return declared.get(flag);
      }

      @Override
      public @Nullable Long countedSinceMicros() {
        return counts.countedSince(scope);
      }

      @Override
      public long evaluations(String flag, long sinceMicros) {
        return counts.since(scope, flag, sinceMicros);
      }
    };
  }
}
