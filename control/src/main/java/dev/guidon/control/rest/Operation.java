package dev.guidon.control.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API.
 *
 * @param path segments in braces are parameters
 * @param bodyBytesMax 0 for operations without a body
 */
record Operation(
    String id, String method, String path, Access access, int bodyBytesMax, Handler handler) {

  /** Runs on a virtual thread and may block. */
  @FunctionalInterface
  interface Handler {
    ApiResponse handle(ApiRequest request);
  }

  /** The parameters when the decoded segments of an address fit, or {@code null}. */
  @Nullable Map<String, String> match(List<String> segments) {
    List<String> template = split(path);
    if (template.size() != segments.size()) {
      return null;
    }
    Map<String, String> parameters = new java.util.LinkedHashMap<>();
    for (int i = 0; i < template.size(); i++) {
      String part = template.get(i);
      if (part.startsWith("{")) {
        parameters.put(part.substring(1, part.length() - 1), segments.get(i));
      } else if (!part.equals(segments.get(i))) {
        return null;
      }
    }
    return parameters;
  }

  private static List<String> split(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  /**
   * Decoded segments of a raw path, each decoded exactly once; {@code null} for what is no path.
   */
  static @Nullable List<String> segments(String rawPath) {
    if (!rawPath.startsWith("/")) {
      return null;
    }
    List<String> segments = new ArrayList<>();
    for (String part : rawPath.substring(1).split("/", -1)) {
      String decoded = Percent.decode(part);
      if (decoded == null || decoded.isEmpty() || decoded.equals(".") || decoded.equals("..")) {
        return null;
      }
      segments.add(decoded);
    }
    return segments;
  }
}
