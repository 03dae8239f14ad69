package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one attribute of a context, prepared as far as possible without it. All attributes are read
 * here and nowhere else. {@link Interned} makes them, one for each name and kind, with interned
 * names, by which {@link Context} finds them quickly.
 */
final class Attribute {
  private static final String[] NO_PATH = {};

  private final AttributeRef ref;

  /** {@code null}: the top level. */
  private final @Nullable String kind;

  private final String name;
  private final boolean isTargetingKey;
  private final boolean isBuiltIn;

  /** The steps after the first name. */
  private final String[] path;

  /** The same value for every context, for what a ruleset knows by itself. */
  private final @Nullable Object constant;

  /** By its name, at the top level: the common case. */
  private final boolean isPlain;

  private Attribute(AttributeRef ref, String name, String[] path, @Nullable Object constant) {
    this.ref = ref;
    this.kind = ref.kind().equals(AttributeRef.USER) ? null : ref.kind();
    this.name = name.intern();
    this.isTargetingKey = name.equals(AttributeRef.TARGETING_KEY);
    this.isBuiltIn = ref.isBuiltIn();
    this.path = path;
    this.constant = constant;
    this.isPlain = kind == null && !isTargetingKey && !isBuiltIn && path.length == 0;
  }

  /**
   * The reader of an attribute in a ruleset of a region. The instant of an evaluation has no
   * reader: see {@link NowTest}.
   */
  static Attribute of(AttributeRef ref, String region) {
    if (ref.isBuiltIn()) {
      return new Attribute(
          ref, ref.name(), NO_PATH, ref.name().equals(AttributeRef.REGION) ? region : null);
    }
    if (!ref.isPath()) {
      return new Attribute(ref, ref.name(), NO_PATH, null);
    }
    String[] steps = ref.name().substring(1).split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      steps[i] = steps[i].replace("~1", "/").replace("~0", "~");
    }
    return new Attribute(ref, steps[0], java.util.Arrays.copyOfRange(steps, 1, steps.length), null);
  }

  AttributeRef ref() {
    return ref;
  }

  /** Whether it is the same for every context; then {@link #constant} is what it is. */
  boolean isConstant() {
    return isBuiltIn;
  }

  @Nullable Object constant() {
    return constant;
  }

  @Nullable Object read(Context context) {
    return isPlain ? context.attribute(name) : readOther(context);
  }

  private @Nullable Object readOther(Context context) {
    if (isBuiltIn) {
      return constant;
    }
    Context of = kind == null ? context : context.kind(kind);
    if (of == null) {
      return null;
    }
    Object value = isTargetingKey ? of.unit() : of.attribute(name);
    return path.length == 0 ? value : walk(value);
  }

  /**
   * A loop, not a recursion: a context may hold maps inside maps as deep as it likes, even inside
   * themselves.
   */
  private @Nullable Object walk(@Nullable Object start) {
    Object value = start;
    for (String step : path) {
      if (value instanceof Map<?, ?> map) {
        value = map.get(step);
      } else if (value instanceof List<?> list) {
        value = item(list, step);
      } else {
        return null;
      }
    }
    return value;
  }

  private static @Nullable Object item(List<?> list, String step) {
    int index = 0;
    boolean isIndex =
        !step.isEmpty() && step.length() <= 9 && (step.length() == 1 || step.charAt(0) != '0');
    for (int i = 0; isIndex && i < step.length(); i++) {
      char c = step.charAt(i);
      isIndex = c >= '0' && c <= '9';
      index = index * 10 + (c - '0');
    }
    return isIndex && index < list.size() ? list.get(index) : null;
  }
}
