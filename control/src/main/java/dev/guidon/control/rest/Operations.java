package dev.guidon.control.rest;

import dev.guidon.model.EntityKind;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of all operations; each is in {@code api/openapi.yaml} under the same id, and the other
 * way round.
 */
final class Operations {
  private static final int BODY = 1 << 20;
  private static final int KEYS_BODY = 64 << 20;
  private static final String PROJECT = "/api/v1/projects/{project}";
  private static final String ENVIRONMENT = PROJECT + "/environments/{environment}";

  private final List<Operation> all = new ArrayList<>();

  private Operations() {}

  static List<Operation> of(
      ProjectOperations projects,
      EntityOperations entities,
      HistoryOperations history,
      SecretOperations secrets,
      Lints lints,
      ManifestOperations manifest) {
    Operations table = new Operations();
    table.open();
    table.projects(projects);
    table.catalog(projects, history);
    table.entities("flags", EntityKind.FLAG, "Flag", entities);
    table.entities("segments", EntityKind.SEGMENT, "Segment", entities);
    table.entities("layers", EntityKind.LAYER, "Layer", entities);
    table.add(
        "editSegmentKeys",
        "POST",
        ENVIRONMENT + "/segments/{segment}/keys",
        Access.EDIT,
        KEYS_BODY,
        entities::editKeys);
    table.add("explain", "POST", ENVIRONMENT + "/explain", Access.VIEW, BODY, entities::explain);
    table.add("lint", "GET", ENVIRONMENT + "/lint", Access.VIEW, 0, lints::environment);
    table.add("lintFlag", "GET", ENVIRONMENT + "/flags/{flag}/lint", Access.VIEW, 0, lints::flag);
    table.keys(secrets);
    table.history(history);
    table.credentials(secrets, history);
    table.manifest(manifest);
    return List.copyOf(table.all);
  }

  private void add(
      String id, String method, String path, Access access, int body, Operation.Handler handler) {
    all.add(new Operation(id, method, path, access, body, handler));
  }

  private void open() {
    byte[] yaml = Published.openApiYaml();
    byte[] json = Published.openApiJson();
    add(
        "getHealth",
        "GET",
        "/healthz",
        Access.OPEN,
        0,
        r -> ApiResponse.json(200, Json.Obj.of("status", Json.of("ok"))));
    add(
        "getOpenApiJson",
        "GET",
        "/openapi.json",
        Access.OPEN,
        0,
        r -> ApiResponse.of("application/json", json));
    add(
        "getOpenApiYaml",
        "GET",
        "/openapi.yaml",
        Access.OPEN,
        0,
        r -> ApiResponse.of("application/yaml", yaml));
    add("getSchema", "GET", "/schema/{schema}", Access.OPEN, 0, Operations::schema);
  }

  private static ApiResponse schema(ApiRequest request) {
    byte[] bytes = Published.schema(request.parameter("schema"));
    if (bytes == null) {
      throw new ApiException(
          Code.NOT_FOUND,
          "schema "
              + Texts.shown(request.parameter("schema"))
              + " (expected: flag.json, segment.json or layer.json)");
    }
    return ApiResponse.of("application/schema+json", bytes);
  }

  private void projects(ProjectOperations o) {
    add("listProjects", "GET", "/api/v1/projects", Access.SIGNED_IN, 0, o::listProjects);
    add("createProject", "POST", "/api/v1/projects", Access.SYSTEM, BODY, o::createProject);
    add("getProject", "GET", PROJECT, Access.VIEW, 0, o::getProject);
    add("updateProject", "PATCH", PROJECT, Access.MANAGE, BODY, o::updateProject);
    add("deleteProject", "DELETE", PROJECT, Access.SYSTEM, 0, o::deleteProject);
    add("listEnvironments", "GET", PROJECT + "/environments", Access.VIEW, 0, o::listEnvironments);
    add(
        "createEnvironment",
        "POST",
        PROJECT + "/environments",
        Access.MANAGE,
        BODY,
        o::createEnvironment);
    add("getEnvironment", "GET", ENVIRONMENT, Access.VIEW, 0, o::getEnvironment);
    add("updateEnvironment", "PATCH", ENVIRONMENT, Access.MANAGE, BODY, o::updateEnvironment);
    add("deleteEnvironment", "DELETE", ENVIRONMENT, Access.MANAGE, 0, o::deleteEnvironment);
  }

  private void catalog(ProjectOperations o, HistoryOperations history) {
    add("listCatalogFlags", "GET", PROJECT + "/flags", Access.VIEW, 0, o::listFlags);
    add("createFlag", "POST", PROJECT + "/flags", Access.EDIT, BODY, o::createFlag);
    add("getCatalogFlag", "GET", PROJECT + "/flags/{flag}", Access.VIEW, 0, o::getFlag);
    add("updateCatalogFlag", "PATCH", PROJECT + "/flags/{flag}", Access.EDIT, BODY, o::updateFlag);
    add("deleteCatalogFlag", "DELETE", PROJECT + "/flags/{flag}", Access.EDIT, 0, o::deleteFlag);
    add("archiveFlag", "POST", PROJECT + "/flags/{flag}/archive", Access.EDIT, 0, o::archiveFlag);
    add(
        "listCatalogCommits",
        "GET",
        PROJECT + "/commits",
        Access.VIEW,
        0,
        r -> history.commits(r, r.catalog()));
  }

  private void entities(String plural, EntityKind kind, String noun, EntityOperations o) {
    String many = ENVIRONMENT + "/" + plural;
    String one = many + "/{" + kind.name() + "}";
    // Segments come with their keys.
    int body = kind.equals(EntityKind.SEGMENT) ? KEYS_BODY : BODY;
    add("list" + noun + "s", "GET", many, Access.VIEW, 0, r -> o.list(r, kind));
    add("get" + noun, "GET", one, Access.VIEW, 0, r -> o.get(r, kind));
    add("put" + noun, "PUT", one, Access.EDIT, body, r -> o.put(r, kind));
    add("patch" + noun, "PATCH", one, Access.EDIT, body, r -> o.patch(r, kind));
    add("delete" + noun, "DELETE", one, Access.EDIT, 0, r -> o.delete(r, kind));
  }

  private void keys(SecretOperations o) {
    add("listKeys", "GET", ENVIRONMENT + "/keys", Access.VIEW, 0, o::listKeys);
    add("createKey", "POST", ENVIRONMENT + "/keys", Access.MANAGE, BODY, o::createKey);
    add("getKey", "GET", ENVIRONMENT + "/keys/{key}", Access.VIEW, 0, o::getKey);
    add("revokeKey", "DELETE", ENVIRONMENT + "/keys/{key}", Access.MANAGE, 0, o::revokeKey);
    add("rotateKey", "POST", ENVIRONMENT + "/keys/{key}/rotate", Access.MANAGE, BODY, o::rotateKey);
  }

  private void history(HistoryOperations o) {
    add(
        "listCommits",
        "GET",
        ENVIRONMENT + "/commits",
        Access.VIEW,
        0,
        r -> o.commits(r, r.environment()));
    add("commit", "POST", ENVIRONMENT + "/commits", Access.EDIT, BODY, o::newCommit);
    add("getCommit", "GET", ENVIRONMENT + "/commits/{revision}", Access.VIEW, 0, o::commit);
    add("getState", "GET", ENVIRONMENT + "/state", Access.VIEW, 0, o::state);
    add("getDiff", "GET", ENVIRONMENT + "/diff", Access.VIEW, 0, o::diff);
    add("revert", "POST", ENVIRONMENT + "/revert", Access.EDIT, BODY, o::revert);
    add("promote", "POST", ENVIRONMENT + "/promote", Access.EDIT, BODY, o::promote);
  }

  private void credentials(SecretOperations o, HistoryOperations history) {
    add(
        "listSystemCommits",
        "GET",
        "/api/v1/commits",
        Access.SYSTEM,
        0,
        r -> history.commits(r, ScopeId.system()));
    add("listCredentials", "GET", "/api/v1/credentials", Access.SYSTEM, 0, o::listCredentials);
    add(
        "createCredential",
        "POST",
        "/api/v1/credentials",
        Access.SYSTEM,
        BODY,
        o::createCredential);
    add("getCredential", "GET", "/api/v1/credentials/{name}", Access.SYSTEM, 0, o::getCredential);
    add(
        "revokeCredential",
        "DELETE",
        "/api/v1/credentials/{name}",
        Access.SYSTEM,
        0,
        o::revokeCredential);
    add(
        "rotateCredential",
        "POST",
        "/api/v1/credentials/{name}/rotate",
        Access.SYSTEM,
        BODY,
        o::rotateCredential);
    add("getSelf", "GET", "/api/v1/tokens/self", Access.SIGNED_IN, 0, o::self);
  }

  /** The project is named by the query or the caller's role, and is a parameter all the same. */
  private void manifest(ManifestOperations o) {
    String flags = ManifestOperations.PATH + "/flags";
    add("getManifest", "GET", ManifestOperations.PATH, Access.VIEW, 0, o::get);
    add("createManifestFlag", "POST", flags, Access.EDIT, BODY, o::create);
    add("updateManifestFlag", "PUT", flags + "/{flag}", Access.EDIT, BODY, o::update);
    add("archiveManifestFlag", "DELETE", flags + "/{flag}", Access.EDIT, 0, o::archive);
  }
}
