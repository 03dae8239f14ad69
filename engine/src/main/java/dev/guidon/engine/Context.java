package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who and what a decision is about. Immutable as far as it reaches: lists and maps are kept as they
 * were given, so that making a context costs nothing, and must not change afterwards.
 *
 * <p>Values are strings, numbers, booleans, {@link java.time.Instant}s, lists and maps. Anything
 * else may be put, and passes no test but that of presence.
 *
 * <h2>Shape</h2>
 *
 * A context is often made for one request and asked a few times. Up to {@value #PAIRS_MAX}
 * attributes therefore stand in one array, name and value in turns, and are found by walking it:
 * first for the very same name object, which the names of a compiled ruleset and the literals of a
 * program are (both are interned), then for an equal one. More attributes go into a hash map.
 */
public final class Context {
  private static final int PAIRS_MAX = 8;
  private static final Object[] NO_PAIRS = {};
  private static final Map<String, Context> NO_KINDS = Map.of();
  public static final Context EMPTY = new Context(null, NO_PAIRS, 0, null, NO_KINDS);

  private final @Nullable Object targetingKey;
  private final @Nullable Object[] pairs;

  /** How many places of {@link #pairs} are in use; a builder may go on behind them. */
  private final int size;

  /** The attributes when they are many; then there are no pairs. */
  private final @Nullable Map<String, Object> many;

  private final Map<String, Context> kinds;

  /** Not {@code null}: what is asked instead of all the others. */
  private final @Nullable AttributeSource source;

  private Context(
      @Nullable Object targetingKey,
      @Nullable Object[] pairs,
      int size,
      @Nullable Map<String, Object> many,
      Map<String, Context> kinds) {
    this.targetingKey = targetingKey;
    this.pairs = pairs;
    this.size = size;
    this.many = many;
    this.kinds = kinds;
    this.source = null;
  }

  private Context(AttributeSource source) {
    this.targetingKey = null;
    this.pairs = NO_PAIRS;
    this.size = 0;
    this.many = null;
    this.kinds = NO_KINDS;
    this.source = source;
  }

  /** A context that is a unit and nothing else. */
  public static Context of(@Nullable String targetingKey) {
    return targetingKey == null ? EMPTY : new Context(targetingKey, NO_PAIRS, 0, null, NO_KINDS);
  }

  /** A unit and one attribute; {@code null} is the same as absent. */
  public static Context of(@Nullable String targetingKey, String name, @Nullable Object value) {
    if (value == null || AttributeRef.TARGETING_KEY.equals(name)) {
      return builder().targetingKey(targetingKey).put(name, value).build();
    }
    return new Context(targetingKey, new Object[] {name, value}, 2, null, NO_KINDS);
  }

  /** A unit and two attributes; the second stands where both have one name. */
  public static Context of(
      @Nullable String targetingKey,
      String name1,
      @Nullable Object value1,
      String name2,
      @Nullable Object value2) {
    return builder().targetingKey(targetingKey).put(name1, value1).put(name2, value2).build();
  }

  /**
   * A context that asks a source for each attribute when a flag asks for it, so that making it
   * costs nothing and what no flag asks for is never read.
   */
  public static Context over(AttributeSource source) {
    return new Context(source);
  }

  public static Builder builder() {
    return new Builder(EMPTY);
  }

  /** A builder that starts with everything this context has. */
  public Builder toBuilder() {
    return source == null ? new Builder(this) : source.copy().toBuilder();
  }

  /** The unit, when it is a string. */
  public @Nullable String targetingKey() {
    return unit() instanceof String key ? key : null;
  }

  /** The value of a top-level attribute; {@code targetingKey} is one of them. */
  @SuppressWarnings("ReferenceEquality") // the short cut; equal names are looked for after it
  public @Nullable Object attribute(String name) {
    for (int i = 0; i < size; i += 2) {
      if (pairs[i] == name) {
        return pairs[i + 1];
      }
    }
    return attributeSpelled(name);
  }

  private @Nullable Object attributeSpelled(String name) {
    if (source != null) {
      return source.attribute(name);
    }
    if (many != null && many.containsKey(name)) {
      return many.get(name);
    }
    int found = indexOf(pairs, size, name);
    if (found >= 0) {
      return pairs[found + 1];
    }
    return AttributeRef.TARGETING_KEY.equals(name) ? targetingKey : null;
  }

  private static int indexOf(@Nullable Object[] pairs, int size, String name) {
    for (int i = 0; i < size; i += 2) {
      if (name.equals(pairs[i])) {
        return i;
      }
    }
    return -1;
  }

  /** The context of another kind than {@value AttributeRef#USER}. */
  public @Nullable Context kind(String kind) {
    return source == null ? kinds.get(kind) : source.kind(kind);
  }

  /** All top-level attributes, {@code targetingKey} among them. */
  public Map<String, Object> attributes() {
    if (source != null) {
      return source.copy().attributes();
    }
    Map<String, Object> all = many == null ? new HashMap<>() : new HashMap<>(many);
    for (int i = 0; i < size; i += 2) {
      Object value = pairs[i + 1];
      if (pairs[i] instanceof String name && value != null) {
        all.put(name, value);
      }
    }
    if (targetingKey != null) {
      all.put(AttributeRef.TARGETING_KEY, targetingKey);
    }
    return Collections.unmodifiableMap(all);
  }

  /** The contexts of other kinds. */
  public Map<String, Context> kinds() {
    return source == null ? Collections.unmodifiableMap(kinds) : source.copy().kinds();
  }

  /** The unit as it was put, a string or not; quicker than by name. */
  @Nullable Object unit() {
    return source == null ? targetingKey : source.attribute(AttributeRef.TARGETING_KEY);
  }

  private boolean isEmpty() {
    return targetingKey == null && size == 0 && many == null && kinds.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Context that
        && attributes().equals(that.attributes())
        && kinds().equals(that.kinds());
  }

  @Override
  public int hashCode() {
    return 31 * attributes().hashCode() + kinds().hashCode();
  }

  /** Names only: values may be about people, and strings like this one end in logs. */
  @Override
  public String toString() {
    return "Context"
        + new TreeSet<>(attributes().keySet())
        + (kinds().isEmpty() ? "" : new TreeSet<>(kinds().keySet()));
  }

  /** Collects attributes. One thread. May go on after {@link #build}. */
  public static final class Builder {
    private static final int FIRST_SIZE = 8;

    private @Nullable Object targetingKey;
    private @Nullable Object[] pairs;
    private int size;
    private @Nullable Map<String, Object> many;
    private Map<String, Context> kinds;

    /** Whether a context has the array and the maps, so that they are copied before a change. */
    private boolean isShared = true;

    private Builder(Context start) {
      this.targetingKey = start.targetingKey;
      this.pairs = start.pairs;
      this.size = start.size;
      this.many = start.many;
      this.kinds = start.kinds;
    }

    public Builder targetingKey(@Nullable String key) {
      this.targetingKey = key;
      return this;
    }

    /** Sets an attribute; {@code null} takes it away. */
    public Builder put(String name, @Nullable Object value) {
      if (AttributeRef.TARGETING_KEY.equals(name)) {
        targetingKey = value;
        return this;
      }
      if (name == null) {
        return this; // from callers without null checks
      }
      own();
      if (many != null) {
        putMany(many, name, value);
        return this;
      }
      int at = indexOf(pairs, size, name);
      if (value == null) {
        remove(at);
      } else if (at >= 0) {
        pairs[at + 1] = value;
      } else {
        append(name, value);
      }
      return this;
    }

    private static void putMany(Map<String, Object> many, String name, @Nullable Object value) {
      if (value == null) {
        many.remove(name);
      } else {
        many.put(name, value);
      }
    }

    private void remove(int at) {
      if (at >= 0) {
        size -= 2;
        pairs[at] = pairs[size];
        pairs[at + 1] = pairs[size + 1];
        pairs[size] = null;
        pairs[size + 1] = null;
      }
    }

    private void append(String name, Object value) {
      if (size == 2 * PAIRS_MAX) {
        Map<String, Object> map = new HashMap<>(build().attributes());
        map.remove(AttributeRef.TARGETING_KEY);
        map.put(name, value);
        many = map;
        pairs = NO_PAIRS;
        size = 0;
        isShared = false;
        return;
      }
      if (size == pairs.length) {
        pairs = Arrays.copyOf(pairs, Math.max(FIRST_SIZE, 2 * size));
      }
      pairs[size] = name;
      pairs[size + 1] = value;
      size += 2;
    }

    /**
     * Adds a context of another kind. Kinds inside it are not looked at.
     *
     * @throws IllegalArgumentException for the kind {@value AttributeRef#USER}, which is the top
     *     level itself
     */
    public Builder kind(String kind, Context context) {
      if (kind.equals(AttributeRef.USER)) {
        throw new IllegalArgumentException(
            "kind: \""
                + kind
                + "\" (expected: another one; attributes of this kind are put directly)");
      }
      own();
      if (kinds.isEmpty()) {
        kinds = new HashMap<>();
      }
      kinds.put(kind, context);
      return this;
    }

    private void own() {
      if (isShared) {
        pairs = size == 0 ? NO_PAIRS : Arrays.copyOf(pairs, pairs.length);
        many = many == null ? null : new HashMap<>(many);
        kinds = kinds.isEmpty() ? NO_KINDS : new HashMap<>(kinds);
        isShared = false;
      }
    }

    public Context build() {
      Context built = new Context(targetingKey, pairs, size, many, kinds);
      isShared = true;
      return built.isEmpty() ? EMPTY : built;
    }
  }
}
