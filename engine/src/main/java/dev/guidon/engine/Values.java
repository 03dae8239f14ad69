package dev.guidon.engine;

import dev.guidon.model.Instants;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values that contexts hold: as units, as instants, as JSON. */
final class Values {
  /**
   * What {@link #instantMicros} answers for a value that is no instant. No document can name it.
   */
  static final long NO_INSTANT = Instants.NONE;

  /**
   * From here on numbers are written with an exponent, and readers do not take them for
   * identifiers.
   */
  private static final double LARGE = 1e21;

  private static final int SHOWN_DEPTH_MAX = 16;
  private static final int SHOWN_VALUES_MAX = 10_000;

  /** A decimal with more digits before the point is no unit of anybody, and slow to write out. */
  private static final int UNIT_DIGITS_MAX = 400;

  private Values() {}

  /**
   * The text that is hashed for a unit, or {@code null} for a value that cannot be one. Strings are
   * themselves.
   */
  static @Nullable String unit(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Boolean flag) {
      return flag ? "true" : "false";
    }
    return value instanceof Number number ? unit(number) : null;
  }

  /**
   * Whether a unit is a whole number within long, of a type of the platform's own that never
   * throws: then {@link Number#longValue} is what its digits say, and no text need be made.
   */
  static boolean isWhole(Number unit) {
    if (unit instanceof Integer || unit instanceof Long || unit instanceof Short) {
      return true;
    }
    return unit instanceof Double value && value == Math.rint(value) && Math.abs(value) < 0x1p63;
  }

  private static @Nullable String unit(Number number) {
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      return Long.toString(number.longValue());
    }
    if (number instanceof BigInteger || number instanceof BigDecimal) {
      BigDecimal exact =
          number instanceof BigInteger big ? new BigDecimal(big) : (BigDecimal) number;
      if (exact.precision() - (long) exact.scale() > UNIT_DIGITS_MAX) {
        return null;
      }
      BigDecimal short_ = exact.signum() == 0 ? BigDecimal.ZERO : exact.stripTrailingZeros();
      return short_.scale() <= 0 ? short_.toBigInteger().toString() : decimal(exact.doubleValue());
    }
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      return null;
    }
    return value == Math.rint(value) ? whole(value) : decimal(value);
  }

  private static String whole(double value) {
    boolean fits = Math.abs(value) < 0x1p63;
    return fits ? Long.toString((long) value) : new BigDecimal(value).toBigInteger().toString();
  }

  private static String decimal(double value) {
    return CanonicalJson.text(Json.of(value));
  }

  /**
   * Microseconds since 1970 of an instant, RFC 3339 text, or a number of milliseconds; else {@link
   * #NO_INSTANT}.
   */
  static long instantMicros(Object value) {
    if (value instanceof Instant instant) {
      return micros(instant);
    }
    if (value instanceof String text) {
      return Instants.micros(text);
    }
    if (value instanceof Number number) {
      double millis = number.doubleValue();
      // What is far in the past is an instant too, only not one that has another name.
      return Double.isFinite(millis)
          ? Math.max(NO_INSTANT + 1, (long) Math.floor(millis * 1000))
          : NO_INSTANT;
    }
    return NO_INSTANT;
  }

  /**
   * Instants beyond what a long of microseconds holds (some 290,000 years away) count as its ends.
   */
  private static long micros(Instant instant) {
    long seconds = instant.getEpochSecond();
    long secondsMax = Long.MAX_VALUE / Instants.MICROS_PER_SECOND - 1;
    if (Math.abs(seconds) > secondsMax) {
      return seconds < 0 ? -Long.MAX_VALUE : Long.MAX_VALUE;
    }
    return seconds * Instants.MICROS_PER_SECOND + instant.getNano() / 1000;
  }

  /** The value as JSON, or {@code null} when JSON cannot hold it. */
  static @Nullable Json json(@Nullable Object value) {
    try {
      return new Writing().json(value, 0);
    } catch (Throwable e) {
      // The value is an application's own list, map or number, and may do anything when it is read.
      // It is only shown here, so that leaving it out harms nobody.
      rethrowIfFatal(e);
      return null;
    }
  }

  /**
   * For the few places that call into an application's own objects, which may throw whatever they
   * like. Only a virtual machine that is itself in trouble may say so, and a stack that a deep
   * value used up is not that.
   */
  static void rethrowIfFatal(Throwable e) {
    if (e instanceof VirtualMachineError trouble && !(e instanceof StackOverflowError)) {
      throw trouble;
    }
  }

  /** A whole number that readers of JSON would round, such as a long identifier, becomes text. */
  private static @Nullable Json number(Number number) {
    double as = number.doubleValue();
    if (!Double.isFinite(as)) {
      return null;
    }
    boolean isRounded = Math.abs(as) > Json.Num.SAFE_INTEGER_MAX && Math.abs(as) < LARGE;
    return isRounded ? Json.of(String.valueOf(unit(number))) : Json.of(as);
  }

  /** Text that has a UTF-8 form: a surrogate without its partner becomes U+FFFD. */
  static String text(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return paired(text);
      }
    }
    return text;
  }

  private static String paired(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /**
   * Writes one value out. A map inside itself is not large and would never end, so that both depth
   * and number are bounded.
   */
  private static final class Writing {
    private int valuesLeft = SHOWN_VALUES_MAX;

    private @Nullable Json json(@Nullable Object value, int depth) {
      if (--valuesLeft < 0) {
        return null;
      }
      if (value == null) {
        return Json.NULL;
      }
      if (value instanceof String text) {
        return Json.of(text(text));
      }
      if (value instanceof Boolean flag) {
        return Json.of((boolean) flag);
      }
      if (value instanceof Number number) {
        return number(number);
      }
      if (value instanceof Instant instant) {
        long micros = micros(instant);
        return Json.of(
            Math.abs(micros) == Long.MAX_VALUE ? instant.toString() : Instants.text(micros));
      }
      if (depth >= SHOWN_DEPTH_MAX) {
        return null;
      }
      if (value instanceof List<?> list) {
        return array(list, depth);
      }
      return value instanceof Map<?, ?> map ? object(map, depth) : null;
    }

    private Json array(List<?> list, int depth) {
      List<Json> items = new ArrayList<>();
      for (Object item : list) {
        Json json = json(item, depth + 1);
        items.add(json == null ? Json.NULL : json);
        if (valuesLeft <= 0) {
          break;
        }
      }
      return new Json.Arr(items);
    }

    private Json object(Map<?, ?> map, int depth) {
      Map<String, Json> members = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Json json = json(entry.getValue(), depth + 1);
        if (json != null && entry.getKey() instanceof String name) {
          members.put(text(name), json);
        }
        if (valuesLeft <= 0) {
          break;
        }
      }
      return new Json.Obj(members);
    }
  }
}
