package dev.guidon.control.rest;

import dev.guidon.control.Credential;
import dev.guidon.control.Edit;
import dev.guidon.model.Instants;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A matched and authorized request.
 *
 * @param header by name in lower case
 * @param caller {@code null} only for open operations
 * @param freshKey an idempotency key for a command whose caller gave none
 */
@SuppressWarnings("ArrayRecordComponent") // The body is read once, never compared.
record ApiRequest(
    Operation operation,
    String rawPath,
    Map<String, String> parameters,
    Map<String, String> query,
    Function<String, @Nullable String> header,
    byte[] body,
    @Nullable Credential caller,
    String freshKey,
    String traceId) {
  private static final int KEY_CHARS_MAX = 100;

  /** The same request with another body, of JSON. */
  ApiRequest withBody(byte[] other) {
    return new ApiRequest(
        operation,
        rawPath,
        parameters,
        query,
        name -> name.equals("content-type") ? "application/json" : header.apply(name),
        other,
        caller,
        freshKey,
        traceId);
  }

  String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalStateException(
          "parameter: " + name + " (expected: a parameter of " + operation.path() + ")");
    }
    return value;
  }

  String project() {
    return parameter("project");
  }

  ScopeId.Catalog catalog() {
    requireScopeKey(project());
    return new ScopeId.Catalog(project());
  }

  ScopeId.Environment environment() {
    requireScopeKey(project());
    requireScopeKey(parameter("environment"));
    return new ScopeId.Environment(project(), parameter("environment"));
  }

  private static void requireScopeKey(String key) {
    if (!ScopeId.isKey(key)) {
      throw new ApiException(
          Code.NOT_FOUND, Texts.shown(key) + " (expected: " + ScopeId.EXPECTED_KEY + ")");
    }
  }

  Credential signedIn() {
    if (caller == null) {
      throw new IllegalStateException(
          "caller: none (expected: a credential for " + operation.id() + ")");
    }
    return caller;
  }

  boolean flag(String name) {
    String value = query.get(name);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      throw new ApiException(
          Code.BAD_REQUEST,
          "query " + name + ": " + Texts.shown(value) + " (expected: true or false)");
    }
    return "true".equals(value);
  }

  int limit() {
    String value = query.get("limit");
    if (value == null) {
      return 100;
    }
    if (value.matches("[0-9]{1,4}")
        && Integer.parseInt(value) >= 1
        && Integer.parseInt(value) <= 1000) {
      return Integer.parseInt(value);
    }
    throw new ApiException(
        Code.BAD_REQUEST, "query limit: " + Texts.shown(value) + " (expected: 1 to 1000)");
  }

  String idempotencyKey() {
    String key = header.apply("idempotency-key");
    if (key == null) {
      return freshKey;
    }
    boolean visible = key.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    if (key.isEmpty() || key.length() > KEY_CHARS_MAX || !visible) {
      throw new ApiException(
          Code.BAD_REQUEST,
          "Idempotency-Key: "
              + Texts.shown(key)
              + " (expected: 1 to "
              + KEY_CHARS_MAX
              + " visible ASCII characters)");
    }
    return key;
  }

  /** The version that a write is based on, by If-Match or If-None-Match. */
  @Nullable Long basedOn() {
    String match = header.apply("if-match");
    if ("*".equals(header.apply("if-none-match"))) {
      return Edit.ABSENT;
    }
    return match == null ? null : version("If-Match", match);
  }

  private static long version(String name, String etag) {
    String digits =
        etag.length() > 2 && etag.startsWith("\"") && etag.endsWith("\"")
            ? etag.substring(1, etag.length() - 1)
            : "";
    if (!digits.matches("[0-9]{1,15}")) {
      throw new ApiException(
          Code.BAD_REQUEST,
          name
              + ": "
              + Texts.shown(etag)
              + " (expected: an ETag as a read gave it, such as \"3\")");
    }
    return Long.parseLong(digits);
  }

  boolean hasVersion(long version) {
    String none = header.apply("if-none-match");
    return none != null && none.equals("\"" + version + "\"");
  }

  /** The body as JSON, from JSON or YAML. */
  Json json() {
    String type = header.apply("content-type");
    String media =
        type == null ? "application/json" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    JsonLimits limits = JsonLimits.DEFAULT.withMaxBytes(operation.bodyBytesMax());
    if (operation.bodyBytesMax() > JsonLimits.DEFAULT.maxBytes()) {
      limits = limits.withMaxChildren(dev.guidon.model.KeyChunks.KEYS_MAX);
    }
    return switch (media) {
      case "application/json", "application/merge-patch+json" -> readJson(limits);
      case "application/yaml", "application/x-yaml", "text/yaml" -> readYaml(limits);
      default ->
          throw new ApiException(
              Code.UNSUPPORTED_MEDIA_TYPE,
              "Content-Type: "
                  + Texts.shown(media)
                  + " (expected: application/json or application/yaml)");
    };
  }

  private Json readJson(JsonLimits limits) {
    try {
      return JsonReader.read(body, limits);
    } catch (JsonException e) {
      throw ApiException.invalid(
          e.pointer(), "line " + e.line() + ", column " + e.column() + ": " + e.getMessage());
    }
  }

  private Json readYaml(JsonLimits limits) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return YamlReader.read(text, limits);
    } catch (CharacterCodingException e) {
      throw ApiException.invalid("", "document: other bytes (expected: UTF-8)");
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("", String.valueOf(e.getMessage()));
    }
  }

  /** A revision, or an instant as microseconds behind {@code isInstant}. */
  record Moment(long value, boolean isInstant) {}

  @Nullable Moment moment(String name, @Nullable String text) {
    if (text == null) {
      return null;
    }
    if (text.matches("[0-9]{1,15}")) {
      return new Moment(Long.parseLong(text), /* isInstant= */ false);
    }
    Long micros = Instants.parse(text);
    if (micros == null) {
      throw new ApiException(
          Code.BAD_REQUEST,
          name + ": " + Texts.shown(text) + " (expected: a revision or an RFC 3339 instant)");
    }
    return new Moment(micros, /* isInstant= */ true);
  }
}
