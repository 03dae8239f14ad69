package dev.guidon.cli;

import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/** Ends a command: what happened, why, and what to type next. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /**
   * @param code a word for programs, such as {@code not-found}
   * @param message what happened
   * @param why what is behind it, one line each
   * @param hint the next command, or what to do
   * @param requestId as the server logs it
   * @param details what programs may want beyond the words
   */
  record Failure(
      ExitCode exit,
      String code,
      String message,
      java.util.List<String> why,
      @Nullable String hint,
      @Nullable String requestId,
      @Nullable Json details) {
    Failure {
      why = java.util.List.copyOf(why);
    }

    /** The form on standard error under {@code -o json}. */
    Json json() {
      return Json.Obj.of(
          "error",
          Json.Obj.builder()
              .put("code", code)
              .put("message", message)
              .put("why", new Json.Arr(why.stream().map(line -> (Json) Json.of(line)).toList()))
              .putIfPresent("hint", hint)
              .putIfPresent("requestId", requestId)
              .put("exitCode", exit.number())
              .putIfPresent("details", details)
              .build());
    }
  }

  CliException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  CliException(ExitCode exit, String code, String message, @Nullable String hint) {
    this(new Failure(exit, code, message, java.util.List.of(), hint, null, null));
  }

  CliException(ExitCode exit, String code, String message, @Nullable String hint, Throwable cause) {
    this(exit, code, message, hint);
    initCause(cause);
  }

  static CliException usage(String message, @Nullable String hint) {
    return new CliException(ExitCode.USAGE, "usage", message, hint);
  }

  Failure failure() {
    return failure;
  }
}
