package dev.guidon.engine;

/**
 * An entity cannot be compiled. Caught where its {@link Refusal} is made; never leaves this
 * package.
 */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  RefusedException(String code, String detail) {
    super(detail);
    this.code = code;
  }

  String code() {
    return code;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
