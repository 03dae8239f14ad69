package dev.guidon.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects everything wrong with a document, so that an author hears it all at once. One thread.
 */
public final class Problems {
  private static final int KEPT_MAX = 200;

  private final List<Problem> list = new ArrayList<>();
  private final boolean keepsPlaces;

  public Problems() {
    this(/* keepsPlaces= */ true);
  }

  private Problems(boolean keepsPlaces) {
    this.keepsPlaces = keepsPlaces;
  }

  /**
   * Problems without places. Making the text of every place takes longer than reading what is
   * there; whoever reads thousands of documents that are most likely right looks this way first,
   * and reads again with places where something is wrong.
   */
  public static Problems withoutPlaces() {
    return new Problems(/* keepsPlaces= */ false);
  }

  boolean keepsPlaces() {
    return keepsPlaces;
  }

  public void add(Problem.Code code, String pointer, String message) {
    if (list.size() < KEPT_MAX) {
      list.add(new Problem(code, pointer, message));
    }
  }

  /** {@code "value (expected: …)"} at a place. */
  public void invalid(String pointer, String value, String expected) {
    add(Problem.Code.INVALID, pointer, value + " (expected: " + expected + ")");
  }

  public boolean isEmpty() {
    return list.isEmpty();
  }

  public List<Problem> list() {
    return List.copyOf(list);
  }

  /** Throws when there is anything to say. */
  public void throwIfAny(String document) {
    if (!list.isEmpty()) {
      throw new InvalidDocumentException(document, list);
    }
  }
}
