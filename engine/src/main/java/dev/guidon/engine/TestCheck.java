package dev.guidon.engine;

import com.google.re2j.Pattern;
import dev.guidon.model.AddressText;
import dev.guidon.model.Cidr;
import dev.guidon.model.Condition;
import dev.guidon.model.ConditionFormat;
import dev.guidon.model.Operator;
import dev.guidon.model.SemanticVersion;
import dev.guidon.model.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One attribute held against prepared values. */
abstract class TestCheck extends Check {
  private static final int SHOWN_VALUES_MAX = 20;

  private final Attribute attribute;
  private final boolean negate;

  /** As it was written, to be shown; {@code null} in what serves, which nobody asks for reasons. */
  private Condition.@Nullable Test shown;

  private TestCheck(Condition.Test source, Attribute attribute) {
    this.attribute = attribute;
    this.negate = source.negate();
  }

  /** The same test, able to say what it asks. */
  TestCheck showing(Condition.Test source) {
    this.shown = source;
    return this;
  }

  /** Whether one value passes the plain test; never an absent one, never a list. */
  abstract boolean passes(Object value);

  @Override
  final boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
    Object actual = attribute.read(context);
    if (trace != null) {
      trace.note("actual", actual == null ? null : Values.json(actual));
    }
    return passesPlain(actual) != negate;
  }

  boolean passesPlain(@Nullable Object actual) {
    if (actual == null) {
      return false;
    }
    if (actual instanceof String) {
      return passes(actual); // most are; asked first since it is cheaper than asking for a list
    }
    return actual instanceof List<?> list ? anyPasses(list) : passes(actual);
  }

  private boolean anyPasses(List<?> list) {
    if (!(list instanceof RandomAccess)) {
      return anyOf(list);
    }
    for (int i = 0, size = list.size(); i < size; i++) {
      Object item = list.get(i);
      if (item != null && passes(item)) {
        return true;
      }
    }
    return false;
  }

  /** Walks lists in which the place of an item is not quickly found. */
  private boolean anyOf(Iterable<?> list) {
    for (Object item : list) {
      if (item != null && passes(item)) {
        return true;
      }
    }
    return false;
  }

  @Override
  final Explanation.Kind kind() {
    return Explanation.Kind.TEST;
  }

  @Override
  final Map<String, Json> facts() {
    return shown == null ? Map.of() : factsOf(shown);
  }

  static Map<String, Json> factsOf(Condition.Test source) {
    boolean isLong = source.values().size() > SHOWN_VALUES_MAX;
    Condition.Test shown =
        new Condition.Test(
            source.attribute(),
            source.operator(),
            isLong ? source.values().subList(0, SHOWN_VALUES_MAX) : source.values(),
            source.ignoreCase(),
            source.negate());
    TreeMap<String, Json> facts = new TreeMap<>(ConditionFormat.write(shown).members());
    if (isLong) {
      facts.put("valuesCount", Json.of((long) source.values().size()));
    }
    return facts;
  }

  /**
   * Throws {@link com.google.re2j.PatternSyntaxException} and what else a value outside its format
   * brings.
   */
  static TestCheck of(Condition.Test source, Attribute attribute) {
    return switch (source.operator()) {
      case IN -> new In(source, attribute);
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> new Ordered(source, attribute);
      case CONTAINS, STARTS_WITH, ENDS_WITH -> new Text(source, attribute);
      case MATCHES -> new Matches(source, attribute);
      case SEMVER_EQUAL,
          SEMVER_LESS,
          SEMVER_LESS_OR_EQUAL,
          SEMVER_GREATER,
          SEMVER_GREATER_OR_EQUAL ->
          new Version(source, attribute);
      case BEFORE, AFTER -> new Moment(source, attribute);
      case IN_CIDR -> new InCidr(source, attribute);
      case PRESENT -> new Present(source, attribute);
    };
  }

  static String text(Json value) {
    return ((Json.Str) value).value();
  }

  private static final class In extends TestCheck {
    /** The only value, where it is a text, which is cheaper to compare than to look up. */
    private final @Nullable String onlyText;

    private final @Nullable ScalarTable values;

    In(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      boolean isOne =
          source.values().size() == 1
              && source.values().get(0) instanceof Json.Str
              && !source.ignoreCase();
      this.onlyText = isOne ? text(source.values().get(0)) : null;
      this.values = isOne ? null : new ScalarTable(numbered(source), source.ignoreCase());
    }

    private static Map<Json, Integer> numbered(Condition.Test source) {
      Map<Json, Integer> numbered = new HashMap<>();
      source
          .values()
          .forEach(value -> numbered.put(ScalarTable.key(value, source.ignoreCase()), 0));
      return numbered;
    }

    @Override
    boolean passes(Object value) {
      return values == null ? value.equals(onlyText) : values.find(value) != ScalarTable.ABSENT;
    }
  }

  private static final class Ordered extends TestCheck {
    private final int admitted;
    private final double bound;

    Ordered(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.admitted = Order.admitted(source.operator());
      this.bound = ((Json.Num) source.values().get(0)).value();
    }

    @Override
    boolean passes(Object value) {
      return value instanceof Number number
          && Order.admits(admitted, NumberOrder.compare(number, bound));
    }
  }

  private static final class Text extends TestCheck {
    private final Operator operator;
    private final boolean ignoreCase;
    private final String[] wanted;

    Text(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.operator = source.operator();
      this.ignoreCase = source.ignoreCase();
      this.wanted =
          source.values().stream()
              .map(value -> ignoreCase ? Fold.fold(text(value)) : text(value))
              .toArray(String[]::new);
    }

    @Override
    boolean passes(Object value) {
      if (value instanceof String text) {
        for (String part : wanted) {
          if (ignoreCase ? hasFolded(text, part) : has(text, part)) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean has(String text, String part) {
      return operator == Operator.CONTAINS
          ? text.contains(part)
          : operator == Operator.STARTS_WITH ? text.startsWith(part) : text.endsWith(part);
    }

    private boolean hasFolded(String text, String part) {
      return operator == Operator.CONTAINS
          ? Fold.contains(text, part)
          : Fold.hasAt(
              text, operator == Operator.STARTS_WITH ? 0 : text.length() - part.length(), part);
    }
  }

  private static final class Matches extends TestCheck {
    private final Pattern[] patterns;

    /** The same patterns, where they are simple. */
    private final @Nullable SimplePattern[] simple;

    Matches(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      int flags = source.ignoreCase() ? Pattern.CASE_INSENSITIVE : 0;
      this.patterns =
          source.values().stream()
              .map(value -> Pattern.compile(text(value), flags))
              .toArray(Pattern[]::new);
      this.simple =
          source.values().stream()
              .map(value -> SimplePattern.of(text(value), source.ignoreCase()))
              .toArray(SimplePattern[]::new);
    }

    @Override
    boolean passes(Object value) {
      if (!(value instanceof String text)) {
        return false;
      }
      boolean isSimple = SimplePattern.reads(text);
      for (int i = 0; i < patterns.length; i++) {
        SimplePattern pattern = isSimple ? simple[i] : null;
        if (pattern == null ? patterns[i].matcher(text).find() : pattern.isIn(text)) {
          return true;
        }
      }
      return false;
    }
  }

  private static final class Version extends TestCheck {
    private final int admitted;
    private final VersionBound bound;

    Version(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.admitted = Order.admitted(source.operator());
      this.bound = VersionBound.of(text(source.values().get(0)));
    }

    @Override
    boolean passes(Object value) {
      return value instanceof String text
          && Order.admits(admitted, bound.compare(text, SemanticVersion.core(text)));
    }
  }

  private static final class Moment extends TestCheck {
    private final boolean before;
    private final long boundMicros;

    Moment(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.before = source.operator() == Operator.BEFORE;
      this.boundMicros = Values.instantMicros(text(source.values().get(0)));
    }

    @Override
    boolean passes(Object value) {
      long micros = Values.instantMicros(value);
      return micros != Values.NO_INSTANT && micros < boundMicros == before;
    }
  }

  private static final class InCidr extends TestCheck {
    private final Cidr[] ranges;

    InCidr(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.ranges = ranges(source);
    }

    @Override
    boolean passes(Object value) {
      return value instanceof String text
          && AddressText.isAddress(text)
          && isIn(ranges, AddressText.high(text), AddressText.low(text));
    }
  }

  static Cidr[] ranges(Condition.Test source) {
    return source.values().stream()
        .map(value -> java.util.Objects.requireNonNull(Cidr.parse(text(value))))
        .toArray(Cidr[]::new);
  }

  static boolean isIn(Cidr[] ranges, long high, long low) {
    for (Cidr range : ranges) {
      if (range.contains(high, low)) {
        return true;
      }
    }
    return false;
  }

  private static final class Present extends TestCheck {
    Present(Condition.Test source, Attribute attribute) {
      super(source, attribute);
    }

    @Override
    boolean passesPlain(@Nullable Object actual) {
      return actual != null;
    }

    @Override
    boolean passes(Object value) {
      return true;
    }
  }
}
