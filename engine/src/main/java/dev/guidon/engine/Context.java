package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
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
 */
public final class Context {
  private static final Map<String, Object> NO_ATTRIBUTES = Map.of();
  private static final Map<String, Context> NO_KINDS = Map.of();
  public static final Context EMPTY = new Context(NO_ATTRIBUTES, NO_KINDS);

  private final Map<String, Object> attributes;
  private final Map<String, Context> kinds;
  private final @Nullable Object targetingKey;

  /** Not {@code null}: what is asked instead of all the others. */
  private final @Nullable AttributeSource source;

  private Context(Map<String, Object> attributes, Map<String, Context> kinds) {
    this.attributes = attributes;
    this.kinds = kinds;
    this.targetingKey = attributes.get(AttributeRef.TARGETING_KEY);
    this.source = null;
  }

  private Context(AttributeSource source) {
    this.attributes = NO_ATTRIBUTES;
    this.kinds = NO_KINDS;
    this.targetingKey = null;
    this.source = source;
  }

  /** A context that is a unit and nothing else. */
  public static Context of(String targetingKey) {
    return builder().targetingKey(targetingKey).build();
  }

  /**
   * A context that asks a source for each attribute when a flag asks for it, so that making it
   * costs nothing and what no flag asks for is never read.
   */
  public static Context over(AttributeSource source) {
    return new Context(source);
  }

  public static Builder builder() {
    return new Builder(NO_ATTRIBUTES, NO_KINDS);
  }

  /** A builder that starts with everything this context has. */
  public Builder toBuilder() {
    return source == null ? new Builder(attributes, kinds) : source.copy().toBuilder();
  }

  /** The unit, when it is a string. */
  public @Nullable String targetingKey() {
    return unit() instanceof String key ? key : null;
  }

  /** The value of a top-level attribute; {@code targetingKey} is one of them. */
  public @Nullable Object attribute(String name) {
    return source == null ? attributes.get(name) : source.attribute(name);
  }

  /** The context of another kind than {@value AttributeRef#USER}. */
  public @Nullable Context kind(String kind) {
    return source == null ? kinds.get(kind) : source.kind(kind);
  }

  /** All top-level attributes, {@code targetingKey} among them. */
  public Map<String, Object> attributes() {
    return source == null ? Collections.unmodifiableMap(attributes) : source.copy().attributes();
  }

  /** The contexts of other kinds. */
  public Map<String, Context> kinds() {
    return source == null ? Collections.unmodifiableMap(kinds) : source.copy().kinds();
  }

  /** The unit as it was put, a string or not; quicker than by name. */
  @Nullable Object unit() {
    return source == null ? targetingKey : source.attribute(AttributeRef.TARGETING_KEY);
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
    private Map<String, Object> attributes;
    private Map<String, Context> kinds;

    /** Whether a context has the maps, so that they are copied before the next change. */
    private boolean isShared;

    private Builder(Map<String, Object> attributes, Map<String, Context> kinds) {
      this.attributes = attributes;
      this.kinds = kinds;
      this.isShared = true;
    }

    public Builder targetingKey(@Nullable String key) {
      return put(AttributeRef.TARGETING_KEY, key);
    }

    /** Sets an attribute; {@code null} takes it away. */
    public Builder put(String name, @Nullable Object value) {
      own();
      if (value == null) {
        attributes.remove(name);
      } else {
        attributes.put(name, value);
      }
      return this;
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
        attributes = new HashMap<>(attributes);
        kinds = kinds.isEmpty() ? NO_KINDS : new HashMap<>(kinds);
        isShared = false;
      }
    }

    public Context build() {
      if (attributes.isEmpty() && kinds.isEmpty()) {
        return EMPTY;
      }
      isShared = true;
      return new Context(attributes, kinds);
    }
  }
}
