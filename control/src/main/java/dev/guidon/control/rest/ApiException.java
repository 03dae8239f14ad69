package dev.guidon.control.rest;

import dev.guidon.model.Problem;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer other than success, on its way to the caller. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;
  private final transient List<Problem> problems;
  private final transient Json.@Nullable Obj conflict;

  ApiException(Code code, String detail) {
    this(code, detail, List.of(), null);
  }

  ApiException(Code code, String detail, List<Problem> problems, Json.@Nullable Obj conflict) {
    super(detail);
    this.code = code;
    this.problems = List.copyOf(problems);
    this.conflict = conflict;
  }

  static ApiException invalid(List<Problem> problems) {
    return new ApiException(
        Code.INVALID,
        problems.size() + (problems.size() == 1 ? " problem" : " problems"),
        problems,
        null);
  }

  static ApiException invalid(String pointer, String message) {
    return invalid(List.of(new Problem(Problem.Code.INVALID, pointer, message)));
  }

  Code code() {
    return code;
  }

  List<Problem> problems() {
    return problems;
  }

  Json.@Nullable Obj conflict() {
    return conflict;
  }
}
