package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One request, before it is sent.
 *
 * @param path below the server's address, already encoded
 * @param query parameters in order
 * @param headers beyond those that every request has
 * @param isChange whether it changes something, so that it must not happen twice
 */
record Call(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    @Nullable Json body,
    boolean isChange) {
  Call {
    query = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(query));
    headers = Map.copyOf(headers);
  }

  static Call get(String... segments) {
    return of("GET", segments);
  }

  /** A request whose path is the API's root and these segments, each encoded. */
  static Call of(String method, String... segments) {
    StringBuilder path = new StringBuilder("/api/v1");
    for (String segment : segments) {
      path.append('/').append(encoded(segment));
    }
    return new Call(
        method, path.toString(), Map.of(), Map.of(), null, /* isChange= */ !method.equals("GET"));
  }

  /** A request outside the versioned API. */
  static Call at(String method, String path) {
    return new Call(method, path, Map.of(), Map.of(), null, /* isChange= */ !method.equals("GET"));
  }

  Call query(String name, @Nullable String value) {
    if (value == null) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(query);
    more.put(name, value);
    return new Call(method, path, more, headers, body, isChange);
  }

  Call header(String name, @Nullable String value) {
    if (value == null) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Call(method, path, query, more, body, isChange);
  }

  Call body(Json json) {
    return new Call(method, path, query, headers, json, isChange);
  }

  /** A POST that changes nothing. */
  Call asQuestion() {
    return new Call(method, path, query, headers, body, /* isChange= */ false);
  }

  /** Path and query. */
  String target() {
    return query.isEmpty()
        ? path
        : path
            + query.entrySet().stream()
                .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&", "?", ""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
