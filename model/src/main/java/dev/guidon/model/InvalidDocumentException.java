package dev.guidon.model;

import java.util.List;
import java.util.stream.Collectors;

/** A document that cannot be accepted, with all that is wrong with it. */
public final class InvalidDocumentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public InvalidDocumentException(String document, List<Problem> problems) {
    super(
        document
            + ": "
            + problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
