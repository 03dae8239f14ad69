package dev.guidon.model;

/**
 * One configuration for one request, however many services it crosses: carried in W3C baggage under
 * {@value #BAGGAGE_KEY} and written {@code era.revision.now.view}. Who still holds that revision
 * answers at it; who does not answers from the present and says so.
 *
 * @param view a region, or {@link View#LIVE_ONLY} for requests that cross regions
 * @param nowMicros the instant at which schedules are read
 */
public record Pin(long era, long revision, String view, long nowMicros) {
  public static final String BAGGAGE_KEY = "guidon.pin";

  private static final int VIEW_CHARS_MAX = 64;

  public Pin {
    if (era < 1 || revision < 0 || nowMicros < 0 || !isView(view)) {
      throw new IllegalArgumentException(
          "pin: "
              + Texts.shown(era + "." + revision + "." + nowMicros + "." + view)
              + " (expected: an era of at least 1, a revision, an instant, a region's name or '*')");
    }
  }

  /**
   * Reads the written form; the view is what follows the third dot, so that a region's name may
   * hold dots.
   */
  public static Pin parse(String text) {
    String[] parts = text.split("\\.", 4);
    if (parts.length == 4) {
      try {
        return new Pin(
            Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[3], Long.parseLong(parts[2]));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(expected(text), e);
      }
    }
    throw new IllegalArgumentException(expected(text));
  }

  private static String expected(String text) {
    return "pin: " + Texts.shown(text) + " (expected: era.revision.now.view)";
  }

  /** What baggage carries without escaping: letters, digits, '.', '_', '-', or the star alone. */
  private static boolean isView(String view) {
    return view.equals(View.LIVE_ONLY)
        || (!view.isEmpty()
            && view.length() <= VIEW_CHARS_MAX
            && view.chars()
                .allMatch(c ->
                    c < 0x80
                        && (Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-')));
  }

  public String text() {
    return era + "." + revision + "." + nowMicros + "." + view;
  }

  @Override
  public String toString() {
    return text();
  }
}
