package dev.guidon.control.rest;

import dev.guidon.control.Author;
import dev.guidon.control.Credential;
import dev.guidon.control.Edit;
import dev.guidon.control.History;
import dev.guidon.control.Scopes;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.FlagKey;
import dev.guidon.model.Instants;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.ValueType;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The catalog as the OpenFeature CLI reads and writes it (its sync API, version 0): flags with type
 * and default value, from which code is generated.
 *
 * <p>That API has no fractions and no arrays. Flags that need them are left out and named in a
 * header, unless the caller asks for the extended form.
 */
final class ManifestOperations {
  static final String PATH = "/openfeature/v0/manifest";

  private final Scopes scopes;
  private final History history;
  private final Writes writes;
  private final ProjectOperations projects;

  ManifestOperations(Scopes scopes, History history, Writes writes, ProjectOperations projects) {
    this.scopes = scopes;
    this.history = history;
    this.writes = writes;
    this.projects = projects;
  }

  /**
   * The project that is meant: the query names it, or the caller's only role, or there is only one.
   * {@code null} when none of that settles it.
   */
  @Nullable String project(Credential caller, @Nullable String asked) {
    if (asked != null) {
      return asked;
    }
    List<String> granted =
        caller.roles().stream().map(Credential.Grant::project).distinct().toList();
    if (!granted.isEmpty() && !granted.contains("*")) {
      return granted.size() == 1 ? granted.getFirst() : null;
    }
    List<String> all = new ArrayList<>();
    scopes
        .current(ScopeId.system())
        .entities()
        .forEach((id, body) -> {
          if (id.kind().equals(EntityKind.PROJECT)
              && body instanceof EntityBody.Present
              && caller.may(Credential.Role.VIEWER, id.key())) {
            all.add(id.key());
          }
        });
    return all.size() == 1 ? all.getFirst() : null;
  }

  // --- operations

  ApiResponse get(ApiRequest request) {
    ScopeState catalog = scopes.current(request.catalog());
    boolean extended = request.flag("extended");
    SortedMap<String, Json> flags = new TreeMap<>();
    List<String> omitted = new ArrayList<>();
    catalog
        .entities()
        .forEach((id, body) -> {
          Json.Obj doc = Entities.doc(id, body);
          if (id.kind().equals(EntityKind.DECLARATION) && isActive(doc)) {
            Json.Obj flag = flag(doc);
            if (extended || isPlain(flag)) {
              flags.put(id.key(), flag);
            } else {
              omitted.add(Percent.encode(id.key()));
            }
          }
        });
    Json body = Json.Obj.of("flags", new Json.Arr(List.copyOf(flags.values())));
    ApiResponse response =
        capable(request, ApiResponse.json(200, body)).with("Guidon-Token", catalog.token().text());
    omitted.sort(null);
    String header = String.join(",", omitted);
    return omitted.isEmpty()
        ? response
        : response.with(
            "X-Manifest-Omitted", header.length() <= 4000 ? header : header.substring(0, 4000));
  }

  private static boolean isActive(Json.Obj declaration) {
    return declaration.has("key") && !"archived".equals(Entities.string(declaration, "lifecycle"));
  }

  private static boolean isPlain(Json.Obj flag) {
    return !"float".equals(Entities.string(flag, "type"))
        && !(flag.get("defaultValue") instanceof Json.Arr);
  }

  private static ApiResponse capable(ApiRequest request, ApiResponse response) {
    boolean writes = request.signedIn().may(Credential.Role.EDITOR, request.project());
    return response.with("X-Manifest-Capabilities", writes ? "read,write,delete" : "read");
  }

  /** A declaration as a manifest has it. */
  private static Json.Obj flag(Json.Obj doc) {
    String key = String.valueOf(Entities.string(doc, "key"));
    String name = Entities.string(doc, "name");
    ValueType type = ValueType.named(String.valueOf(Entities.string(doc, "type")));
    Json value = defaultValue(doc, type);
    return Json.Obj.builder()
        .put("key", key)
        .put("name", name == null ? key : name)
        .put("type", typeOf(doc, type, value))
        .put("description", String.valueOf(Entities.string(doc, "description")))
        .put("defaultValue", value)
        .build();
  }

  /** What the flag serves when it is off; a neutral value where that is the caller's own. */
  private static Json defaultValue(Json.Obj doc, @Nullable ValueType type) {
    String off = Entities.string(doc, "offVariant");
    Json value =
        off != null && doc.get("variants") instanceof Json.Obj variants ? variants.get(off) : null;
    if (value != null) {
      return value;
    }
    return switch (type) {
      case null -> Json.of("");
      case BOOLEAN -> Json.of(false);
      case STRING -> Json.of("");
      case NUMBER -> Json.of(0);
      case OBJECT -> Json.Obj.of();
    };
  }

  private static String typeOf(Json.Obj doc, @Nullable ValueType type, Json value) {
    if (type != ValueType.NUMBER) {
      return type == null ? "" : type.text();
    }
    boolean whole =
        isWhole(value)
            && doc.get("variants") instanceof Json.Obj variants
            && variants.members().values().stream().allMatch(ManifestOperations::isWhole);
    return whole ? "integer" : "float";
  }

  private static boolean isWhole(Json value) {
    return value instanceof Json.Num number && number.isSafeInteger();
  }

  ApiResponse create(ApiRequest request) {
    Asked asked = new Asked(request.json());
    Json value = asked.value;
    if (value == null) {
      asked.problems.invalid("/defaultValue", "absent", "a value of the flag's type");
    }
    asked.refuseIfAny();
    Json.Obj.Builder declaration =
        Json.Obj.builder().put("key", asked.key).put("type", asked.valueType().text());
    asked.describe(declaration);
    if (value instanceof Json.Bool bool) {
      declaration.put("offVariant", bool.value() ? "on" : "off");
    } else if (value != null) {
      declaration.put("variants", Json.Obj.of("default", value)).put("offVariant", "default");
    }
    refuseKnown(request, asked.key);
    ApiResponse made =
        projects.createFlag(request.withBody(CanonicalJson.bytes(declaration.build())));
    return made.status() == 201
        ? answer(request, id(asked.key), 201)
        : made; // A dry run of our own; other callers do not ask for one.
  }

  /** The same command again is answered again; another about a key that exists is refused. */
  private void refuseKnown(ApiRequest request, String key) {
    EntityBody there = scopes.current(request.catalog()).entities().get(id(key));
    boolean repeated = request.header().apply("idempotency-key") != null;
    if (there instanceof EntityBody.Present && !repeated) {
      boolean archived = !isActive(Entities.doc(id(key), there));
      throw refused(
          "Flag with key "
              + Texts.shown(key)
              + (archived ? " is archived. Restore it or choose a new key." : " exists already."));
    }
  }

  private static ApiException refused(String message) {
    return new ApiException(
        Code.CONFLICT, message, List.of(new Problem(Problem.Code.INVALID, "/key", message)), null);
  }

  private static EntityId id(String key) {
    return Entities.id(EntityKind.DECLARATION, key);
  }

  private Json.Obj declared(ApiRequest request, EntityId id) {
    ScopeState catalog = scopes.current(request.catalog());
    Json.Obj doc = Entities.doc(id, Entities.require(catalog, id));
    if (!isActive(doc)) {
      throw refused("Flag " + Texts.shown(id.key()) + " is archived. Restore it first.");
    }
    return doc;
  }

  ApiResponse update(ApiRequest request) {
    EntityId id = id(request.parameter("flag"));
    Json.Obj doc = declared(request, id);
    Asked asked = new Asked(request.json());
    if (!asked.key.equals(id.key())) {
      asked.problems.invalid(
          "/key", Texts.shown(asked.key), Texts.shown(id.key()) + ", as in the path");
    }
    asked.refuseIfAny();
    String type = String.valueOf(Entities.string(doc, "type"));
    if (!asked.valueType().text().equals(type)) {
      throw new ApiException(
          Code.CONFLICT, "Flag type cannot be changed from " + type + " to " + asked.type + ".");
    }
    Json.Obj.Builder patch = Json.Obj.builder();
    asked.describe(patch);
    Json value = asked.value;
    if (value != null && !value.equals(defaultValue(doc, asked.valueType()))) {
      String variant = variantOf(doc, value);
      patch.put("offVariant", variant == null ? "default" : variant);
      if (variant == null) {
        patch.put("variants", Json.Obj.of("default", value));
      }
    }
    writes.one(request, request.catalog(), new Edit.Merge(id, patch.build(), request.basedOn()));
    return answer(request, id, 200);
  }

  private static @Nullable String variantOf(Json.Obj doc, Json value) {
    if (doc.get("variants") instanceof Json.Obj variants) {
      for (Map.Entry<String, Json> variant : variants.members().entrySet()) {
        if (variant.getValue().equals(value)) {
          return variant.getKey();
        }
      }
    }
    return null;
  }

  ApiResponse archive(ApiRequest request) {
    EntityId id = id(request.parameter("flag"));
    ScopeState catalog = scopes.current(request.catalog());
    if (!isActive(Entities.doc(id, Entities.require(catalog, id)))) {
      throw refused("Flag " + Texts.shown(id.key()) + " is already archived.");
    }
    projects.archiveFlag(request);
    Json.Obj body =
        Json.Obj.builder()
            .put(
                "message",
                "Flag "
                    + Texts.shown(id.key())
                    + " archived. It goes on serving; set its lifecycle to active to restore it.")
            .put("archivedAt", updatedAt(request, id))
            .build();
    return capable(request, ApiResponse.json(200, body));
  }

  private ApiResponse answer(ApiRequest request, EntityId id, int status) {
    Json.Obj doc = Entities.doc(id, Entities.require(scopes.current(request.catalog()), id));
    Json body = Json.Obj.of("flag", flag(doc), "updatedAt", Json.of(updatedAt(request, id)));
    return capable(request, ApiResponse.json(status, body));
  }

  private String updatedAt(ApiRequest request, EntityId id) {
    ScopeState catalog = scopes.current(request.catalog());
    Author author = history.authorOf(catalog.scope(), id, catalog.position());
    return Instants.text(author == null ? catalog.timeMicros() : author.timeMicros());
  }

  // --- what is asked for

  /** A flag as a caller sends it. */
  private static final class Asked {
    private final Problems problems = new Problems();
    private final String key;
    private final String type;
    private final @Nullable String name;
    private final @Nullable String description;
    private final boolean hasDescription;
    private final @Nullable Json value;

    Asked(Json body) {
      Fields fields = new Fields(body, "", problems, /* strict= */ true);
      this.key = fields.string("key");
      this.type = fields.string("type");
      this.name = fields.optionalString("name");
      this.description = fields.optionalString("description");
      this.hasDescription = body instanceof Json.Obj object && object.has("description");
      this.value = fields.optional("defaultValue");
      fields.done();
      if (!FlagKey.isValid(key)) {
        problems.invalid("/key", Texts.shown(key), FlagKey.EXPECTED);
      }
      if (!List.of("boolean", "string", "integer", "float", "object").contains(type)) {
        problems.invalid("/type", Texts.shown(type), "boolean, string, integer, float or object");
      } else if (value != null
          && (!valueType().admits(value) || (type.equals("integer") && !isWhole(value)))) {
        problems.invalid("/defaultValue", Fields.shown(value), "a value of type " + type);
      }
    }

    ValueType valueType() {
      ValueType named = ValueType.named(type);
      return named == null ? ValueType.NUMBER : named;
    }

    void refuseIfAny() {
      EntityOperations.refuseIfAny(problems);
    }

    void describe(Json.Obj.Builder into) {
      into.putIfPresent("name", name);
      if (hasDescription) {
        into.put("description", description == null ? "" : description);
      }
    }
  }

  // --- errors

  /** An error as this API words it. */
  static ApiResponse error(ApiException e) {
    int status = e.code() == Code.INVALID ? 400 : e.code().status();
    List<Json> details = new ArrayList<>();
    e.problems()
        .forEach(problem ->
            details.add(
                Json.Obj.builder()
                    .put("field", problem.pointer().replaceFirst("^/", ""))
                    .put("code", problem.code().name().toLowerCase(java.util.Locale.ROOT))
                    .put("message", ApiResponse.wellFormed(problem.message()))
                    .build()));
    Json.Obj.Builder error =
        Json.Obj.builder()
            .put("message", ApiResponse.wellFormed(String.valueOf(e.getMessage())))
            .put("status", status);
    if (!details.isEmpty()) {
      error.put("details", new Json.Arr(details));
    }
    return new ApiResponse(
        status,
        Map.of("Content-Type", "application/json"),
        CanonicalJson.bytes(Json.Obj.of("error", error.build())));
  }
}
