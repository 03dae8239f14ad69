package dev.guidon.control.rest;

import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
import dev.guidon.control.Credential;
import dev.guidon.control.Diffs;
import dev.guidon.control.Documents;
import dev.guidon.control.Edit;
import dev.guidon.control.EvaluationCounts;
import dev.guidon.control.Scopes;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.Instants;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Projects, environments and the catalog: what spans scopes is one commit in each, repeatable under
 * one key.
 */
final class ProjectOperations {
  private static final long STILL_EVALUATED_MICROS = 7L * 24 * 3600 * Instants.MICROS_PER_SECOND;

  /** Well below the size of an entry. */
  private static final int COMMIT_BYTES_MAX = 150 * 1024;

  private static final int COMMIT_EDITS_MAX = 500;

  private final Scopes scopes;
  private final Writes writes;
  private final EvaluationCounts counts;

  ProjectOperations(Scopes scopes, Writes writes, EvaluationCounts counts) {
    this.scopes = scopes;
    this.writes = writes;
    this.counts = counts;
  }

  // --- projects

  ApiResponse listProjects(ApiRequest request) {
    ScopeState system = scopes.current(ScopeId.system());
    SortedMap<String, Json> all = new TreeMap<>();
    system
        .entities()
        .forEach((id, body) -> {
          boolean visible =
              id.kind().equals(EntityKind.PROJECT)
                  && request.signedIn().may(Credential.Role.VIEWER, id.key());
          if (visible && body instanceof EntityBody.Present present) {
            all.put(id.key(), Entities.entity(id, present));
          }
        });
    return Cursors.page(request, all).with("Guidon-Token", system.token().text());
  }

  ApiResponse createProject(ApiRequest request) {
    Json doc = request.json();
    EntityId id = newId(EntityKind.PROJECT, doc, "key");
    ApiResponse response =
        writes.one(request, ScopeId.system(), new Edit.Put(id, doc, Edit.ABSENT));
    return response.status() == 201
        ? response.with("Location", "/api/v1/projects/" + Percent.encode(id.key()))
        : response;
  }

  /** The id that a document gives itself. */
  static EntityId newId(EntityKind kind, Json doc, String member) {
    String key = doc instanceof Json.Obj object ? Entities.string(object, member) : null;
    if (key == null) {
      throw ApiException.invalid(
          "/" + member,
          (doc instanceof Json.Obj ? "absent" : Fields.shown(doc))
              + " (expected: the key of a new "
              + kind
              + ")");
    }
    try {
      return new EntityId(kind, key);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("/" + member, String.valueOf(e.getMessage()));
    }
  }

  EntityId project(ApiRequest request) {
    return Entities.id(EntityKind.PROJECT, request.project());
  }

  ApiResponse getProject(ApiRequest request) {
    return Entities.get(request, scopes.current(ScopeId.system()), project(request));
  }

  ApiResponse updateProject(ApiRequest request) {
    return patch(request, ScopeId.system(), project(request));
  }

  ApiResponse deleteProject(ApiRequest request) {
    return delete(request, ScopeId.system(), project(request));
  }

  /** A patch of what must be there; 404 otherwise. */
  ApiResponse patch(ApiRequest request, ScopeId scope, EntityId id) {
    Entities.require(scopes.current(scope), id);
    return writes.one(
        request, scope, new Edit.Merge(id, patchOf(request.json()), request.basedOn()));
  }

  static Json patchOf(Json json) {
    if (!(json instanceof Json.Obj)) {
      throw ApiException.invalid("", Fields.shown(json) + " (expected: an object, see RFC 7396)");
    }
    return json;
  }

  /** Deleting what is deleted already is fine when it is asked for again. */
  ApiResponse delete(ApiRequest request, ScopeId scope, EntityId id) {
    if (scopes.current(scope).entities().get(id) == null) {
      Entities.require(scopes.current(scope), id);
    }
    return writes.one(request, scope, new Edit.Delete(id, request.basedOn()));
  }

  // --- environments

  ApiResponse listEnvironments(ApiRequest request) {
    ScopeState system = scopes.current(ScopeId.system());
    Entities.require(system, project(request));
    SortedMap<String, Json> all = new TreeMap<>();
    for (ScopeId.Environment environment : scopes.environments(request.project())) {
      EntityId id = id(environment);
      EntityBody.Present present = system.present(id);
      if (present != null) {
        all.put(environment.environment(), Entities.entity(id, present));
      }
    }
    return Cursors.page(request, all).with("Guidon-Token", system.token().text());
  }

  private static EntityId id(ScopeId.Environment environment) {
    return new EntityId(EntityKind.ENVIRONMENT, environment.text());
  }

  ApiResponse createEnvironment(ApiRequest request) {
    Entities.require(scopes.current(ScopeId.system()), project(request));
    Json body = request.json();
    EntityId keyOnly = newId(EntityKind.ENVIRONMENT, body, "key");
    if (!ScopeId.isKey(keyOnly.key())) {
      throw ApiException.invalid(
          "/key", Texts.shown(keyOnly.key()) + " (expected: " + ScopeId.EXPECTED_KEY + ")");
    }
    if (((Json.Obj) body).has("project")) {
      throw ApiException.invalid("/project", "present (expected: only in the address)");
    }
    ScopeId.Environment environment = new ScopeId.Environment(request.project(), keyOnly.key());
    Json doc = ((Json.Obj) body).with("project", Json.of(request.project()));
    Edit put = new Edit.Put(id(environment), doc, Edit.ABSENT);
    CommandResult created =
        writes.run(request, ScopeId.system(), List.of(put), /* returning= */ false, Writes.SINGLE);
    if (created instanceof CommandResult.Checked) {
      return writes.answer(ScopeId.system(), created);
    }
    List<Json> receipts = new ArrayList<>(List.of(writes.receipt(ScopeId.system(), created)));
    fill(request, environment, receipts);
    return receipts(201, receipts)
        .with("ETag", Writes.etag(1))
        .with(
            "Location",
            "/api/v1/projects/"
                + environment.project()
                + "/environments/"
                + environment.environment());
  }

  /** Every active declaration becomes an off flag; what is there already stays. */
  private void fill(ApiRequest request, ScopeId.Environment environment, List<Json> receipts) {
    ScopeState there = scopes.current(environment);
    List<Edit> edits = new ArrayList<>();
    int bytes = 0;
    int part = 0;
    for (var declared : active(scopes.current(request.catalog())).entrySet()) {
      EntityId flag = EntityId.flag(declared.getKey());
      if (there.entities().get(flag) != null) {
        continue;
      }
      Json.Obj doc = Documents.off(declared.getValue());
      edits.add(new Edit.Put(flag, doc, /* basedOn= */ null));
      bytes += CanonicalJson.bytes(doc).length + 500;
      if (bytes > COMMIT_BYTES_MAX || edits.size() == COMMIT_EDITS_MAX) {
        receipts.add(commit(request, environment, edits, part++));
        edits = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!edits.isEmpty()) {
      receipts.add(commit(request, environment, edits, part));
    }
  }

  private Json commit(ApiRequest request, ScopeId scope, List<Edit> edits, int part) {
    String key = request.idempotencyKey() + ":" + part;
    Command command =
        writes.command(request, scope, key, edits, /* returning= */ false, /* dryRun= */ false);
    return writes.receipt(scope, writes.success(request, scopes.execute(command), edit -> ""));
  }

  private static SortedMap<String, Json.Obj> active(ScopeState catalog) {
    SortedMap<String, Json.Obj> active = new TreeMap<>();
    catalog
        .entities()
        .forEach((id, body) -> {
          if (body instanceof EntityBody.Present present && present.live() != null) {
            Json.Obj doc = present.live().doc();
            if (!"archived".equals(Entities.string(doc, "lifecycle"))) {
              active.put(id.key(), doc);
            }
          }
        });
    return active;
  }

  private static ApiResponse receipts(int status, List<Json> receipts) {
    String token = receipts.isEmpty() ? "" : Writes.text((Json.Obj) receipts.getLast(), "token");
    Json body = Json.Obj.of("token", Json.of(token), "receipts", new Json.Arr(receipts));
    return ApiResponse.json(status, body).with("Guidon-Token", token);
  }

  private EntityId environment(ApiRequest request) {
    return id(request.environment());
  }

  ApiResponse getEnvironment(ApiRequest request) {
    return Entities.get(request, scopes.current(ScopeId.system()), environment(request));
  }

  ApiResponse updateEnvironment(ApiRequest request) {
    return patch(request, ScopeId.system(), environment(request));
  }

  ApiResponse deleteEnvironment(ApiRequest request) {
    return delete(request, ScopeId.system(), environment(request));
  }

  // --- catalog

  private static EntityId declaration(ApiRequest request) {
    return Entities.id(EntityKind.DECLARATION, request.parameter("flag"));
  }

  ApiResponse listFlags(ApiRequest request) {
    return Entities.list(request, scopes.current(request.catalog()), EntityKind.DECLARATION);
  }

  ApiResponse getFlag(ApiRequest request) {
    return Entities.get(request, scopes.current(request.catalog()), declaration(request));
  }

  ApiResponse updateFlag(ApiRequest request) {
    return patch(request, request.catalog(), declaration(request));
  }

  /** The catalog first; then, in every environment, off. */
  ApiResponse createFlag(ApiRequest request) {
    ScopeId.Catalog catalog = request.catalog();
    Json doc = request.json();
    EntityId id = newId(EntityKind.DECLARATION, doc, "key");
    Edit put = new Edit.Put(id, doc, Edit.ABSENT);
    CommandResult declared =
        writes.run(request, catalog, List.of(put), /* returning= */ false, Writes.SINGLE);
    if (declared instanceof CommandResult.Checked) {
      return writes.answer(catalog, declared);
    }
    List<Json> receipts = new ArrayList<>(List.of(writes.receipt(catalog, declared)));
    Json.Obj written = Entities.doc(id, Entities.require(scopes.current(catalog), id));
    EntityId flag = EntityId.flag(id.key());
    for (ScopeId.Environment environment : scopes.environments(request.project())) {
      if (scopes.current(environment).present(flag) == null) {
        receipts.add(
            commit(
                request,
                environment,
                List.of(new Edit.Put(flag, Documents.off(written), null)),
                0));
      }
    }
    return receipts(201, receipts)
        .with("ETag", Writes.etag(1))
        .with(
            "Location",
            "/api/v1/projects/" + request.project() + "/flags/" + Percent.encode(id.key()));
  }

  ApiResponse archiveFlag(ApiRequest request) {
    EntityId id = declaration(request);
    Entities.require(scopes.current(request.catalog()), id);
    refuseWhileEvaluated(request, id.key());
    Json patch = Json.Obj.of("lifecycle", Json.of("archived"));
    return writes.one(request, request.catalog(), new Edit.Merge(id, patch, /* basedOn= */ null));
  }

  private void refuseWhileEvaluated(ApiRequest request, String flag) {
    if (request.flag("force")) {
      return;
    }
    long since = scopes.nowMicros() - STILL_EVALUATED_MICROS;
    for (ScopeId.Environment environment : scopes.environments(request.project())) {
      long count = counts.since(environment, flag, since);
      if (count > 0) {
        throw new ApiException(
            Code.STILL_EVALUATED,
            count
                + " evaluations in "
                + environment
                + " in the last 7 days (expected: none, or force=true)");
      }
    }
  }

  /** Checks every environment before the catalog says goodbye; then the environments follow. */
  ApiResponse deleteFlag(ApiRequest request) {
    ScopeId.Catalog catalog = request.catalog();
    EntityId id = declaration(request);
    ScopeState declared = scopes.current(catalog);
    if (declared.entities().get(id) == null) {
      Entities.require(declared, id);
    }
    refuseWhileEvaluated(request, id.key());
    EntityId flag = EntityId.flag(id.key());
    List<ScopeId.Environment> environments = scopes.environments(request.project());
    for (ScopeId.Environment environment : environments) {
      refuseWhileNamed(environment, flag);
    }
    Edit delete = new Edit.Delete(id, request.basedOn());
    CommandResult gone =
        writes.run(request, catalog, List.of(delete), /* returning= */ false, Writes.SINGLE);
    if (gone instanceof CommandResult.Checked checked) {
      return Writes.dryRun(
          checked.before(),
          checked.priority().text(),
          Diffs.of(checked.before(), checked.changes()),
          List.of(),
          List.of());
    }
    List<Json> receipts = new ArrayList<>(List.of(writes.receipt(catalog, gone)));
    for (ScopeId.Environment environment : environments) {
      if (scopes.current(environment).present(flag) != null) {
        receipts.add(commit(request, environment, List.of(new Edit.Delete(flag, null)), 0));
      }
    }
    return receipts(200, receipts);
  }

  private void refuseWhileNamed(ScopeId.Environment environment, EntityId flag) {
    List<String> referrers = dev.guidon.control.Referrers.of(scopes.current(environment), flag);
    if (!referrers.isEmpty()) {
      throw ApiException.invalid(
          "",
          "flag "
              + Texts.shown(flag.key())
              + " is named in "
              + environment
              + " by "
              + String.join(", ", referrers)
              + " (expected: named by nothing)");
    }
  }
}
