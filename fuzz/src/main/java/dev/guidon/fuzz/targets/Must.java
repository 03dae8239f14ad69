package dev.guidon.fuzz.targets;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What must hold; anything else is a finding. */
final class Must {
  private Must() {}

  static void equal(@Nullable Object found, @Nullable Object expected, String what) {
    if (!Objects.equals(found, expected)) {
      throw new AssertionError(what + ": " + brief(found) + " (expected: " + brief(expected) + ")");
    }
  }

  static <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new AssertionError(what);
    }
    return value;
  }

  static void hold(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static String brief(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= 400 ? text : text.substring(0, 400) + "…";
  }
}
