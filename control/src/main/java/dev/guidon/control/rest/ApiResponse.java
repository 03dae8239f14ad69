package dev.guidon.control.rest;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What goes back to the caller. */
@SuppressWarnings("ArrayRecordComponent") // Written to a socket, never compared.
record ApiResponse(int status, Map<String, String> headers, byte @Nullable [] body) {
  private static final String JSON = "application/json";

  static ApiResponse json(int status, Json body) {
    return new ApiResponse(
        status,
        Map.of("Content-Type", JSON),
        PrettyJson.text(body).getBytes(StandardCharsets.UTF_8));
  }

  static ApiResponse of(String mediaType, byte[] body) {
    return new ApiResponse(200, Map.of("Content-Type", mediaType), body);
  }

  static ApiResponse notModified() {
    return new ApiResponse(304, Map.of(), null);
  }

  static ApiResponse problem(ApiException e, String instance, String traceId) {
    return problem(e, e.code().status(), instance, traceId);
  }

  /**
   * @param status where HTTP has a finer one than the code
   */
  static ApiResponse problem(ApiException e, int status, String instance, String traceId) {
    Code code = e.code();
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("type", code.type())
            .put("title", code.title())
            .put("status", status)
            .put("code", code.name())
            .put("detail", wellFormed(String.valueOf(e.getMessage())))
            .put("instance", wellFormed(instance))
            .put("traceId", traceId);
    if (!e.problems().isEmpty()) {
      List<Json> errors = new ArrayList<>();
      e.problems()
          .forEach(problem ->
              errors.add(
                  Json.Obj.builder()
                      .put("pointer", wellFormed(shortened(problem.pointer())))
                      .put("code", problem.code().name())
                      .put("detail", wellFormed(problem.message()))
                      .build()));
      out.put("errors", new Json.Arr(errors));
    }
    out.putIfPresent("conflict", e.conflict());
    ApiResponse plain =
        new ApiResponse(
            status,
            Map.of("Content-Type", "application/problem+json"),
            CanonicalJson.bytes(out.build()));
    return plain.withFault(code);
  }

  /** The headers that an error has, whatever its body looks like. */
  ApiResponse withFault(Code code) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    if (code == Code.UNAUTHENTICATED) {
      more.put("WWW-Authenticate", "Bearer");
    }
    if (code.status() == 503) {
      more.put("Retry-After", "1");
    }
    return new ApiResponse(status, more, body);
  }

  /** Names in a pointer are the caller's; long ones are not sent back. */
  private static String shortened(String pointer) {
    return pointer.length() <= 300 ? pointer : pointer.substring(0, 300) + "…";
  }

  /** Text with lone surrogates cannot be written. */
  static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  ApiResponse with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ApiResponse(status, more, body);
  }
}
