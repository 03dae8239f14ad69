package dev.guidon.control.rest;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The contract's files, as they are built into this module. */
final class Published {
  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;

  private Published() {}

  static byte @Nullable [] file(String name) {
    try (InputStream in = Published.class.getResourceAsStream("/dev/guidon/api/" + name)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] openApiYaml() {
    byte[] bytes = file("openapi.yaml");
    if (bytes == null) {
      throw new IllegalStateException("openapi.yaml: absent (expected: built into the module)");
    }
    return bytes;
  }

  static byte[] openApiJson() {
    Json document = YamlReader.read(new String(openApiYaml(), StandardCharsets.UTF_8), LIMITS);
    return CanonicalJson.bytes(document);
  }

  static byte @Nullable [] schema(String name) {
    return name.matches("[a-z]{1,20}\\.json") ? file("schema/" + name) : null;
  }
}
