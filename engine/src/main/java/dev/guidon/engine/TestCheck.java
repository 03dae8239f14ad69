package dev.guidon.engine;

import com.google.re2j.Pattern;
import dev.guidon.model.Cidr;
import dev.guidon.model.Condition;
import dev.guidon.model.ConditionFormat;
import dev.guidon.model.Operator;
import dev.guidon.model.SemanticVersion;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One attribute held against prepared values. */
abstract class TestCheck extends Check {
  private static final int SHOWN_VALUES_MAX = 20;

  private final Condition.Test source;
  private final Attribute attribute;
  private final boolean negate;

  private TestCheck(Condition.Test source, Attribute attribute) {
    this.source = source;
    this.attribute = attribute;
    this.negate = source.negate();
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
  final long cost() {
    return 1;
  }

  @Override
  final Explanation.Kind kind() {
    return Explanation.Kind.TEST;
  }

  @Override
  final Map<String, Json> facts() {
    return factsOf(source);
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

  private static String text(Json value) {
    return ((Json.Str) value).value();
  }

  private static final class In extends TestCheck {
    private final ScalarSet values;

    In(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.values = new ScalarSet(source.values(), source.ignoreCase());
    }

    @Override
    boolean passes(Object value) {
      return values.contains(value);
    }
  }

  private static final class Ordered extends TestCheck {
    private final Order order;
    private final double bound;

    Ordered(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.order = Order.of(source.operator());
      this.bound = ((Json.Num) source.values().get(0)).value();
    }

    @Override
    boolean passes(Object value) {
      if (!(value instanceof Number number)) {
        return false;
      }
      int compared = NumberOrder.compare(number, bound);
      return compared != NumberOrder.NONE && order.admits(compared);
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

    Matches(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      int flags = source.ignoreCase() ? Pattern.CASE_INSENSITIVE : 0;
      this.patterns =
          source.values().stream()
              .map(value -> Pattern.compile(text(value), flags))
              .toArray(Pattern[]::new);
    }

    @Override
    boolean passes(Object value) {
      if (value instanceof String text) {
        for (Pattern pattern : patterns) {
          if (pattern.matcher(text).find()) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private static final class Version extends TestCheck {
    private final Order order;
    private final SemanticVersion bound;

    Version(Condition.Test source, Attribute attribute) {
      super(source, attribute);
      this.order = Order.of(source.operator());
      this.bound =
          java.util.Objects.requireNonNull(SemanticVersion.parse(text(source.values().get(0))));
    }

    @Override
    boolean passes(Object value) {
      SemanticVersion version = value instanceof String text ? SemanticVersion.parse(text) : null;
      return version != null && order.admits(Integer.signum(version.compareTo(bound)));
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
      this.ranges =
          source.values().stream()
              .map(value -> java.util.Objects.requireNonNull(Cidr.parse(text(value))))
              .toArray(Cidr[]::new);
    }

    @Override
    boolean passes(Object value) {
      Cidr.Address address = value instanceof String text ? Cidr.Address.parse(text) : null;
      if (address != null) {
        for (Cidr range : ranges) {
          if (range.contains(address)) {
            return true;
          }
        }
      }
      return false;
    }
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

  /** Which results of a comparison pass. */
  private enum Order {
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    static Order of(Operator operator) {
      return switch (operator) {
        case LESS, SEMVER_LESS -> LESS;
        case LESS_OR_EQUAL, SEMVER_LESS_OR_EQUAL -> LESS_OR_EQUAL;
        case GREATER, SEMVER_GREATER -> GREATER;
        case GREATER_OR_EQUAL, SEMVER_GREATER_OR_EQUAL -> GREATER_OR_EQUAL;
        case SEMVER_EQUAL -> EQUAL;
        case IN, CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES, BEFORE, AFTER, IN_CIDR, PRESENT ->
            throw new IllegalArgumentException(
                "operator: " + operator.text() + " (expected: one that orders)");
      };
    }

    boolean admits(int compared) {
      return switch (this) {
        case EQUAL -> compared == 0;
        case LESS -> compared < 0;
        case LESS_OR_EQUAL -> compared <= 0;
        case GREATER -> compared > 0;
        case GREATER_OR_EQUAL -> compared >= 0;
      };
    }
  }
}
