package dev.guidon.model;

/** How values of strangers are shown in messages: short, quoted, without control characters. */
public final class Texts {
  private static final int SHOWN_CHARS_MAX = 60;

  private Texts() {}

  /** A quoted form fit for one line of a message; never longer than about 70 characters. */
  public static String shown(String value) {
    StringBuilder shown =
        new StringBuilder(Math.min(value.length(), SHOWN_CHARS_MAX) + 3).append('"');
    for (int i = 0; i < value.length() && i < SHOWN_CHARS_MAX; i++) {
      char c = value.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '\uFFFD' : c);
    }
    if (value.length() > SHOWN_CHARS_MAX) {
      shown.append('…');
    }
    return shown.append('"').toString();
  }

  /**
   * True for text that may stand in a key: 1 to {@code charsMax} characters, none a control, no
   * space at an end.
   */
  static boolean isKey(String value, int charsMax) {
    if (value.isEmpty() || value.length() > charsMax || !value.equals(value.strip())) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c)) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        boolean paired =
            Character.isHighSurrogate(c)
                && i + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(i + 1));
        if (!paired) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
