package dev.guidon.model.json;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON value. Two values are equal when they mean the same in JSON: the order of an
 * object's members is kept for people, but does not count.
 */
public sealed interface Json permits Json.Obj, Json.Arr, Json.Str, Json.Num, Json.Bool, Json.Null {

  /** The only JSON null. Java's {@code null} never stands for a JSON value. */
  Null NULL = new Null();

  /**
   * The word for this kind of value in messages: object, array, string, number, boolean or null.
   */
  String typeName();

  static Str of(String value) {
    return new Str(value);
  }

  static Bool of(boolean value) {
    return new Bool(value);
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException beyond ±(2^53 - 1), where a double would lose digits
   */
  static Num of(long value) {
    return Num.of(value);
  }

  /**
   * Any finite number, also beyond 2^53, where {@link JsonReader} needs {@link
   * JsonLimits#largeWholeNumbers()} to read back what was written.
   *
   * @throws IllegalArgumentException if the value is infinite or NaN
   */
  static Num of(double value) {
    return new Num(value);
  }

  static Arr arr(Json... items) {
    return new Arr(List.of(items));
  }

  /** An object. Members keep the order in which they were given. */
  record Obj(Map<String, Json> members) implements Json {

    private static final Obj EMPTY = new Obj(Members.NONE);

    public Obj {
      members = Members.copyOf(members);
    }

    public static Obj of() {
      return EMPTY;
    }

    public static Obj of(String name, Json value) {
      return builder().put(name, value).build();
    }

    public static Obj of(String name1, Json value1, String name2, Json value2) {
      return builder().put(name1, value1).put(name2, value2).build();
    }

    public static Obj of(
        String name1, Json value1, String name2, Json value2, String name3, Json value3) {
      return builder().put(name1, value1).put(name2, value2).put(name3, value3).build();
    }

    public static Builder builder() {
      return new Builder();
    }

    public @Nullable Json get(String name) {
      return members.get(name);
    }

    public boolean has(String name) {
      return members.containsKey(name);
    }

    /** This object with one member set: replaced in its place, or added at the end. */
    public Obj with(String name, Json value) {
      var changed = new LinkedHashMap<>(members);
      changed.put(name, value);
      return new Obj(changed);
    }

    public Obj without(String name) {
      if (!has(name)) {
        return this;
      }
      var changed = new LinkedHashMap<>(members);
      changed.remove(name);
      return new Obj(changed);
    }

    @Override
    public String typeName() {
      return "object";
    }

    /** Collects members in order. A name put twice is a mistake of the caller and refused. */
    public static final class Builder {

      private final Map<String, Json> members = new LinkedHashMap<>();

      private Builder() {}

      /**
       * Adds a member at the end.
       *
       * @throws IllegalArgumentException if the name was put before
       */
      public Builder put(String name, Json value) {
        requireNonNull(name, "member name");
        requireNonNull(value, name);
        if (members.putIfAbsent(name, value) != null) {
          throw new IllegalArgumentException(
              "member: \"" + name + "\" (expected: put once per object)");
        }
        return this;
      }

      public Builder put(String name, String value) {
        return put(name, Json.of(value));
      }

      public Builder put(String name, double value) {
        return put(name, Json.of(value));
      }

      public Builder put(String name, long value) {
        return put(name, Json.of(value));
      }

      public Builder put(String name, boolean value) {
        return put(name, Json.of(value));
      }

      /** Leaves the member out when there is no value. */
      public Builder putIfPresent(String name, @Nullable Json value) {
        return value == null ? this : put(name, value);
      }

      /** Leaves the member out when there is no value. */
      public Builder putIfPresent(String name, @Nullable String value) {
        return value == null ? this : put(name, value);
      }

      public Obj build() {
        return new Obj(members);
      }
    }
  }

  /** An array. */
  record Arr(List<Json> items) implements Json {

    public Arr {
      items = List.copyOf(items);
    }

    @Override
    public String typeName() {
      return "array";
    }
  }

  /**
   * A string: any UTF-16 text. Text with lone surrogates can be held, but has no canonical form.
   */
  record Str(String value) implements Json {

    public Str {
      requireNonNull(value, "value");
    }

    @Override
    public String typeName() {
      return "string";
    }
  }

  /** A finite double. There is one zero: -0 becomes 0, since both have the same canonical text. */
  record Num(double value) implements Json {

    /** 2^53 - 1: up to here every whole number has its own double. */
    public static final long SAFE_INTEGER_MAX = (1L << 53) - 1;

    public Num {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("number: " + value + " (expected: a finite number)");
      }
      if (value == 0) {
        value = 0.0;
      }
    }

    /**
     * A whole number.
     *
     * @throws IllegalArgumentException beyond ±(2^53 - 1), where a double would lose digits
     */
    public static Num of(long value) {
      if (value > SAFE_INTEGER_MAX || value < -SAFE_INTEGER_MAX) {
        throw new IllegalArgumentException(
            "number: " + value + " (expected: a whole number within ±" + SAFE_INTEGER_MAX + ")");
      }
      return new Num(value);
    }

    /**
     * Whether this is a whole number within ±(2^53 - 1), so that {@link #longValue()} loses
     * nothing.
     */
    public boolean isSafeInteger() {
      return Math.abs(value) <= SAFE_INTEGER_MAX && value == Math.rint(value);
    }

    /**
     * The same number as an integer.
     *
     * @throws ArithmeticException unless {@link #isSafeInteger()}
     */
    public long longValue() {
      if (!isSafeInteger()) {
        throw new ArithmeticException(
            "number: " + value + " (expected: a whole number within ±" + SAFE_INTEGER_MAX + ")");
      }
      return (long) value;
    }

    @Override
    public String typeName() {
      return "number";
    }
  }

  /** A boolean. */
  record Bool(boolean value) implements Json {

    @Override
    public String typeName() {
      return "boolean";
    }
  }

  /** The type of {@link Json#NULL}, its only instance. */
  final class Null implements Json {

    private Null() {}

    @Override
    public String typeName() {
      return "null";
    }

    @Override
    public String toString() {
      return "Null";
    }
  }
}
