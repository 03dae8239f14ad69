package dev.guidon.engine;

import dev.guidon.model.EntityId;

/**
 * An entity whose newest version cannot be used here. It goes on with its last compiled version
 * where there is one.
 *
 * @param version the version that was refused
 * @param code one of this type's constants
 * @param detail for people: value, expectation, place
 */
public record Refusal(EntityId entity, long version, String code, String detail) {
  /** Not what the format says. */
  public static final String INVALID = "INVALID";

  /** Needs an operator or a serve that this engine does not have. */
  public static final String UNSUPPORTED = "UNSUPPORTED";

  /** A chunk of a key list is not here: not yet, or erased. */
  public static final String BLOB_MISSING = "BLOB_MISSING";

  /** Refers to something that is not in the view, or that has no usable version here. */
  public static final String DANGLING_REFERENCE = "DANGLING_REFERENCE";

  /** Requires itself, by way of others. */
  public static final String CYCLE = "CYCLE";

  /** Beyond a limit of the format, or of the work that one decision may cost. */
  public static final String TOO_LARGE = "TOO_LARGE";
}
