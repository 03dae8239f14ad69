package dev.guidon.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Instants are microseconds since 1970-01-01T00:00Z in code, and RFC 3339 text in documents. */
public final class Instants {
  public static final long MICROS_PER_SECOND = 1_000_000;

  /** Years 0001 to 9999, what RFC 3339 can write. */
  private static final long SECONDS_MIN = -62_135_596_800L;

  private static final long SECONDS_MAX = 253_402_300_799L;

  private Instants() {}

  /**
   * The instant of RFC 3339 text, or {@code null} when it is none. Digits beyond microseconds are
   * cut.
   */
  public static @Nullable Long parse(String text) {
    if (text.length() < 20 || text.length() > 40 || text.charAt(10) == ' ') {
      return null;
    }
    try {
      OffsetDateTime parsed =
          OffsetDateTime.parse(
              text.replace('t', 'T').replace('z', 'Z'), DateTimeFormatter.ISO_OFFSET_DATE_TIME);
      long seconds = parsed.toEpochSecond();
      if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
        return null;
      }
      return seconds * MICROS_PER_SECOND + parsed.getNano() / 1000;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** RFC 3339 text in UTC, without a fraction that is zero. */
  public static String text(long micros) {
    return DateTimeFormatter.ISO_INSTANT.format(
        Instant.ofEpochSecond(
            Math.floorDiv(micros, MICROS_PER_SECOND),
            Math.floorMod(micros, MICROS_PER_SECOND) * 1000));
  }
}
