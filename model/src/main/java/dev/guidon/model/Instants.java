package dev.guidon.model;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Instants are microseconds since 1970-01-01T00:00Z in code, and RFC 3339 text in documents. */
public final class Instants {
  public static final long MICROS_PER_SECOND = 1_000_000;

  /** What {@link #micros} says of a text that is no instant; no instant is so far away. */
  public static final long NONE = Long.MIN_VALUE;

  private static final int NO_OFFSET = Integer.MIN_VALUE;

  /** Years 0001 to 9999, what RFC 3339 can write. */
  private static final long SECONDS_MIN = -62_135_596_800L;

  private static final long SECONDS_MAX = 253_402_300_799L;

  private static final int CHARS_MAX = 40;

  private Instants() {}

  /** What {@link #micros} says, {@code null} for {@link #NONE}. */
  public static @Nullable Long parse(String text) {
    long micros = micros(text);
    return micros == NONE ? null : Long.valueOf(micros);
  }

  /**
   * The instant of RFC 3339 text, or {@link #NONE} when it is none. Digits beyond microseconds are
   * cut. Seconds and an offset must stand there; a leap second is none. Makes no garbage.
   */
  public static long micros(String text) {
    int length = text.length();
    boolean isShaped =
        length >= 20
            && length <= CHARS_MAX
            && text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && (text.charAt(10) == 'T' || text.charAt(10) == 't')
            && text.charAt(13) == ':'
            && text.charAt(16) == ':';
    if (!isShaped) {
      return NONE;
    }
    int year = number(text, 0, 4, 9999);
    int month = number(text, 5, 7, 12);
    int day = number(text, 8, 10, 31);
    int hour = number(text, 11, 13, 23);
    int minute = number(text, 14, 16, 59);
    int second = number(text, 17, 19, 59);
    if ((year | month | day | hour | minute | second) < 0
        || month == 0
        || day == 0
        || day > daysOf(year, month)) {
      return NONE;
    }
    int end = fractionEnd(text);
    int offset = end < 0 ? NO_OFFSET : offsetSeconds(text, end);
    if (offset == NO_OFFSET) {
      return NONE;
    }
    long seconds =
        epochDay(year, month, day) * 86_400 + hour * 3600L + minute * 60L + second - offset;
    if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
      return NONE;
    }
    return seconds * MICROS_PER_SECOND + fractionMicros(text, end);
  }

  /** The digits from one place to another as a number, or -1 when they are none or too large. */
  private static int number(String text, int from, int to, int max) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number > max ? -1 : number;
  }

  /** Where the fraction of a second ends, if there is one; -1 for a point without digits. */
  private static int fractionEnd(String text) {
    if (text.charAt(19) != '.') {
      return 19;
    }
    int end = 20;
    while (end < text.length() && number(text, end, end + 1, 9) >= 0) {
      end++;
    }
    return end == 20 ? -1 : end;
  }

  private static int fractionMicros(String text, int end) {
    int micros = 0;
    for (int i = 20; i < 26; i++) {
      micros = micros * 10 + (i < end ? text.charAt(i) - '0' : 0);
    }
    return micros;
  }

  private static int offsetSeconds(String text, int at) {
    int left = text.length() - at;
    char first = left == 0 ? ' ' : text.charAt(at);
    if (left == 1) {
      return first == 'Z' || first == 'z' ? 0 : NO_OFFSET;
    }
    if (left != 6 || (first != '+' && first != '-') || text.charAt(at + 3) != ':') {
      return NO_OFFSET;
    }
    int hours = number(text, at + 1, at + 3, 23);
    int minutes = number(text, at + 4, at + 6, 59);
    if ((hours | minutes) < 0) {
      return NO_OFFSET;
    }
    int seconds = hours * 3600 + minutes * 60;
    return first == '-' ? -seconds : seconds;
  }

  private static int daysOf(int year, int month) {
    if (month == 2) {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  /** Days since 1970-01-01, years counted from March so that the leap day comes last. */
  private static long epochDay(int year, int month, int day) {
    int shifted = month > 2 ? year : year - 1;
    int fromMarch = month > 2 ? month - 3 : month + 9;
    long era = Math.floorDiv(shifted, 400);
    long yearOfEra = Math.floorMod(shifted, 400);
    long dayOfYear = (153L * fromMarch + 2) / 5 + day - 1;
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
  }

  /** RFC 3339 text in UTC, without a fraction that is zero. */
  public static String text(long micros) {
    return DateTimeFormatter.ISO_INSTANT.format(
        Instant.ofEpochSecond(
            Math.floorDiv(micros, MICROS_PER_SECOND),
            Math.floorMod(micros, MICROS_PER_SECOND) * 1000));
  }
}
