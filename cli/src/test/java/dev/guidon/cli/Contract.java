package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The API's contract, as far as a client can break it: operations, parameters and bodies. Notes
 * what does not follow it, on either side of the wire, so that neither the commands nor the fake
 * server can drift away from api/openapi.yaml.
 */
final class Contract {
  private static final Set<String> FREE_HEADERS =
      Set.of(
          "accept",
          "authorization",
          "user-agent",
          "content-type",
          "content-length",
          "host",
          "connection",
          "upgrade",
          "http2-settings");

  private final Json root;
  private final List<String> violations = new ArrayList<>();

  private Contract(Json root) {
    this.root = root;
  }

  static Contract load() {
    return new Contract(Document.ROOT);
  }

  /** Read once: the document is long, and the tests are many. */
  private static final class Document {
    private static final Json ROOT = read(Path.of("..", "api", "openapi.yaml"));

    private static Json read(Path file) {
      try {
        return Yaml.readAll(Files.readString(file), file.toString()).getFirst();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  /** The operation of a request; notes what the contract does not know. */
  Json request(String method, String path, Set<String> query, Set<String> headers, Json body) {
    String place = method + " " + path;
    Json item = pathItem(path);
    Json operation = Members.at(item, method.toLowerCase(java.util.Locale.ROOT));
    if (operation == null) {
      violations.add(place + ": no such operation");
      return Json.NULL;
    }
    List<Json.Obj> parameters =
        Members.objects(operation, "parameters").stream().map(p -> (Json.Obj) resolve(p)).toList();
    for (String name : query) {
      if (!has(parameters, "query", name)) {
        violations.add(place + ": query parameter " + name);
      }
    }
    for (String name : headers) {
      if (!FREE_HEADERS.contains(name) && !has(parameters, "header", name)) {
        violations.add(place + ": header " + name);
      }
    }
    Json content = Members.at(operation, "requestBody", "content");
    if (body instanceof Json.Null) {
      if (Members.isTrue(operation, "requestBody", "required")) {
        violations.add(place + ": no body");
      }
    } else if (content == null) {
      violations.add(place + ": a body");
    } else {
      validate(place + " body", body, Members.at(content, "application/json", "schema"));
    }
    return operation;
  }

  void response(String place, Json operation, int status, Json body) {
    Json responses = Members.at(operation, "responses");
    Json response = Members.at(responses, String.valueOf(status));
    boolean isProblem = response == null;
    Json described = resolve(isProblem ? Members.at(responses, "default") : response);
    String type = isProblem ? "application/problem+json" : "application/json";
    if (isProblem && status < 400) {
      violations.add(place + ": status " + status);
    }
    validate(place + " -> " + status, body, Members.at(described, "content", type, "schema"));
  }

  private Json pathItem(String path) {
    if (Members.at(root, "paths") instanceof Json.Obj paths) {
      for (Map.Entry<String, Json> entry : paths.members().entrySet()) {
        if (path.matches(entry.getKey().replaceAll("\\{[a-z]+}", "[^/]+"))) {
          return entry.getValue();
        }
      }
    }
    return Json.NULL;
  }

  private static boolean has(List<Json.Obj> parameters, String in, String name) {
    return parameters.stream()
        .anyMatch(p ->
            in.equals(Members.text(p, "in")) && name.equalsIgnoreCase(Members.text(p, "name")));
  }

  private Json resolve(Json json) {
    String reference = Members.string(json, "$ref");
    if (reference == null || !reference.startsWith("#/")) {
      return json == null ? Json.NULL : json;
    }
    return Members.at(root, reference.substring(2).split("/"));
  }

  /** The part of JSON Schema that the contract uses for shapes. */
  private void validate(String place, Json value, Json schemaOrReference) {
    Json schema = resolve(schemaOrReference);
    List<Json.Obj> choices = Members.objects(schema, "oneOf");
    if (!choices.isEmpty()) {
      long fitting =
          choices.stream().filter(choice -> problems(place, value, choice).isEmpty()).count();
      if (fitting != 1) {
        violations.add(place + ": fits " + fitting + " of the choices: " + Members.shown(value));
      }
      return;
    }
    violations.addAll(problems(place, value, schema));
  }

  private List<String> problems(String place, Json value, Json schemaOrReference) {
    Contract inner = new Contract(root);
    inner.check(place, value, resolve(schemaOrReference));
    return inner.violations;
  }

  private void check(String place, Json value, Json schema) {
    String type = Members.string(schema, "type");
    if (type != null && !fits(type, value)) {
      violations.add(place + ": " + value.typeName() + " for " + type);
      return;
    }
    Json constant = Members.at(schema, "const");
    if (constant != null && !constant.equals(value)) {
      violations.add(place + ": " + Members.shown(value));
    }
    List<Json> words = Members.items(schema, "enum");
    if (!words.isEmpty() && !words.contains(value)) {
      violations.add(place + ": " + Members.shown(value) + " of " + words);
    }
    if (value instanceof Json.Obj object) {
      checkMembers(place, object, schema);
    }
    if (value instanceof Json.Arr array && Members.at(schema, "items") != null) {
      array
          .items()
          .forEach(
              item -> violations.addAll(problems(place + "[]", item, Members.at(schema, "items"))));
    }
  }

  private void checkMembers(String place, Json.Obj object, Json schema) {
    for (String name : Members.strings(schema, "required")) {
      if (!object.has(name)) {
        violations.add(place + ": no " + name);
      }
    }
    boolean closed = Json.of(false).equals(Members.at(schema, "additionalProperties"));
    object
        .members()
        .forEach((name, value) -> {
          Json property = Members.at(schema, "properties", name);
          if (property != null) {
            violations.addAll(problems(place + "." + name, value, property));
          } else if (closed) {
            violations.add(place + ": unknown member " + name);
          }
        });
  }

  private static boolean fits(String type, Json value) {
    return switch (type) {
      case "object" -> value instanceof Json.Obj;
      case "array" -> value instanceof Json.Arr;
      case "string" -> value instanceof Json.Str;
      case "boolean" -> value instanceof Json.Bool;
      case "integer", "number" -> value instanceof Json.Num;
      default -> true;
    };
  }
}
