package dev.guidon.model;

/** An entry that does not follow from the state it was held against. Nothing was changed. */
public final class ChainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Which law was broken. */
  public enum Kind {
    OTHER_LOG,
    GAP,
    OLD_ERA,
    CHAIN,
    STATE
  }

  private final Kind kind;

  public ChainException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
