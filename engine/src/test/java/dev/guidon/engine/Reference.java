package dev.guidon.engine;

import com.google.re2j.Pattern;
import dev.guidon.model.AttributeRef;
import dev.guidon.model.Condition;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.KeyList;
import dev.guidon.model.Layer;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Murmur3;
import dev.guidon.model.Problems;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.Serve;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of docs/reference/evaluation.md read aloud: an interpreter over the documents, slow and
 * plain, that shares with the engine the documents, the contexts, Murmur3, and RE2's patterns.
 */
public final class Reference {
  /** Everything that an answer says. */
  public record Answer(
      @Nullable String variant,
      String reason,
      @Nullable String error,
      @Nullable String rule,
      @Nullable String detail,
      int bucket) {
    /** What the engine said, as far as the reference says it too. */
    public static Answer of(Decision decision) {
      Outcome outcome = decision.outcome();
      return new Answer(
          outcome.variant(),
          outcome.reason().name(),
          outcome.error() == null ? null : outcome.error().name(),
          outcome.ruleId(),
          outcome.error() == null ? outcome.detail() : null,
          decision.bucket());
    }
  }

  private final Map<String, Flag> flags;
  private final Map<String, Segment> segments;
  private final Map<String, Layer> layers;
  private final String region;

  Reference(
      Map<String, Flag> flags,
      Map<String, Segment> segments,
      Map<String, Layer> layers,
      String region) {
    this.flags = flags;
    this.segments = segments;
    this.layers = layers;
    this.region = region;
  }

  /** Of a view in which every document is whole; throws when one is not. */
  public static Reference of(View view) {
    Map<String, Flag> flags = new HashMap<>();
    Map<String, Segment> segments = new HashMap<>();
    Map<String, Layer> layers = new HashMap<>();
    Problems problems = new Problems();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          if (id.kind().equals(EntityKind.FLAG)) {
            flags.put(id.key(), FlagFormat.read(entity.doc(), problems, /* strict= */ true));
          } else if (id.kind().equals(EntityKind.SEGMENT)) {
            segments.put(id.key(), SegmentFormat.read(entity.doc(), problems, /* strict= */ true));
          } else {
            layers.put(id.key(), LayerFormat.read(entity.doc(), problems, /* strict= */ true));
          }
        });
    problems.throwIfAny("view");
    return new Reference(flags, segments, layers, view.region());
  }

  public Answer decide(String key, Context context, long now) {
    Flag flag = flags.get(key);
    if (flag == null) {
      return new Answer(null, "ERROR", "FLAG_NOT_FOUND", null, null, -1);
    }
    String off = flag.envelope().offVariant();
    if (!flag.envelope().on()) {
      return new Answer(off, "DISABLED", null, null, null, -1);
    }
    for (Flag.Prerequisite prerequisite : flag.prerequisites()) {
      String served = decide(prerequisite.flag().value(), context, now).variant();
      if (served == null || !prerequisite.variants().contains(served)) {
        return new Answer(off, "DISABLED", null, null, "PREREQUISITE_FAILED", -1);
      }
    }
    for (Flag.Target target : flag.targets()) {
      if (lists(target.keys(), unit(target.kind(), context))) {
        return new Answer(target.variant(), "TARGETING_MATCH", null, null, null, -1);
      }
    }
    for (Flag.Rule rule : flag.rules()) {
      if (rule.from() != null && now < rule.from()) {
        continue;
      }
      if (rule.until() != null && now >= rule.until()) {
        continue;
      }
      List<Layer.Range> own = ranges(flag, rule);
      int slot = -1;
      if (!own.isEmpty()) {
        Layer layer = layers.get(flag.layer().value());
        slot = bucket(layer.salt(), text(read(layer.unit(), context)));
        int at = slot;
        if (own.stream().noneMatch(range -> at >= range.from() && at < range.to())) {
          continue;
        }
      }
      if (rule.when() == null || holds(rule.when(), context, now)) {
        return serve(flag, rule.serve(), "TARGETING_MATCH", rule.id(), slot, context);
      }
    }
    boolean asks =
        !(flag.prerequisites().isEmpty() && flag.targets().isEmpty() && flag.rules().isEmpty());
    return serve(flag, flag.defaultServe(), asks ? "DEFAULT" : "STATIC", null, -1, context);
  }

  private List<Layer.Range> ranges(Flag flag, Flag.Rule rule) {
    List<Layer.Range> own = new ArrayList<>();
    if (flag.layer() != null) {
      for (Layer.Range range : layers.get(flag.layer().value()).ranges()) {
        if (range.flag().equals(flag.key()) && range.rule().equals(rule.id())) {
          own.add(range);
        }
      }
    }
    return own;
  }

  private Answer serve(
      Flag flag, Serve serve, String reason, @Nullable String rule, int slot, Context context) {
    if (serve instanceof Serve.Fixed fixed) {
      return new Answer(fixed.variant(), reason, null, rule, null, slot);
    }
    if (serve instanceof Serve.Learned learned) {
      return new Answer(learned.fallback(), "DEFAULT", null, rule, "POLICY_UNAVAILABLE", slot);
    }
    Serve.Split split = (Serve.Split) serve;
    String salt = split.salt();
    if (salt == null) {
      salt = flag.salt() != null ? flag.salt() : flag.key().value();
    }
    String unit = text(read(split.unit(), context));
    if (unit == null) {
      return new Answer(null, "ERROR", "TARGETING_KEY_MISSING", rule, null, -1);
    }
    int bucket = bucket(salt, unit);
    int left = bucket;
    for (Serve.Share share : split.shares()) {
      if (left < share.weight()) {
        return new Answer(share.variant(), "SPLIT", null, rule, null, bucket);
      }
      left -= share.weight();
    }
    throw new AssertionError("weights of " + flag.key());
  }

  private static int bucket(String salt, @Nullable String unit) {
    if (unit == null) {
      return -1;
    }
    BigInteger hash = BigInteger.valueOf(Integer.toUnsignedLong(Murmur3.ofText(salt, unit)));
    return hash.multiply(BigInteger.valueOf(100_000)).shiftRight(32).intValueExact();
  }

  // Conditions.

  private boolean holds(Condition condition, Context context, long now) {
    if (condition instanceof Condition.All all) {
      return all.parts().stream().allMatch(part -> holds(part, context, now));
    }
    if (condition instanceof Condition.Any any) {
      return any.parts().stream().anyMatch(part -> holds(part, context, now));
    }
    if (condition instanceof Condition.Not not) {
      return !holds(not.part(), context, now);
    }
    if (condition instanceof Condition.InSegment in) {
      return isIn(segments.get(in.segment().value()), context, now) != in.negate();
    }
    Condition.Test test = (Condition.Test) condition;
    return plain(test, context, now) != test.negate();
  }

  private boolean isIn(Segment segment, Context context, long now) {
    String unit = unit(segment.kind(), context);
    if (lists(segment.excluded(), unit)) {
      return false;
    }
    return lists(segment.included(), unit)
        || segment.when() != null && holds(segment.when(), context, now);
  }

  private boolean plain(Condition.Test test, Context context, long now) {
    if (test.attribute().name().equals("$now")) {
      return switch (test.operator()) {
        case BEFORE -> now < micros(text(test, 0));
        case AFTER -> now >= micros(text(test, 0));
        case PRESENT -> true;
        default -> false;
      };
    }
    Object value = read(test.attribute(), context);
    if (value == null) {
      return false;
    }
    if (test.operator() == dev.guidon.model.Operator.PRESENT) {
      return true;
    }
    if (value instanceof List<?> list) {
      return list.stream().anyMatch(item -> item != null && passes(test, item));
    }
    return passes(test, value);
  }

  private static boolean passes(Condition.Test test, Object value) {
    return switch (test.operator()) {
      case IN -> test.values().stream().anyMatch(wanted -> same(wanted, value, test.ignoreCase()));
      case LESS -> ordered(test, value, sign -> sign < 0);
      case LESS_OR_EQUAL -> ordered(test, value, sign -> sign <= 0);
      case GREATER -> ordered(test, value, sign -> sign > 0);
      case GREATER_OR_EQUAL -> ordered(test, value, sign -> sign >= 0);
      case CONTAINS -> anyText(test, value, String::contains);
      case STARTS_WITH -> anyText(test, value, String::startsWith);
      case ENDS_WITH -> anyText(test, value, String::endsWith);
      case MATCHES ->
          value instanceof String text
              && test.values().stream()
                  .anyMatch(pattern ->
                      Pattern.compile(
                              ((Json.Str) pattern).value(),
                              test.ignoreCase() ? Pattern.CASE_INSENSITIVE : 0)
                          .matcher(text)
                          .find());
      case SEMVER_EQUAL -> versions(test, value, sign -> sign == 0);
      case SEMVER_LESS -> versions(test, value, sign -> sign < 0);
      case SEMVER_LESS_OR_EQUAL -> versions(test, value, sign -> sign <= 0);
      case SEMVER_GREATER -> versions(test, value, sign -> sign > 0);
      case SEMVER_GREATER_OR_EQUAL -> versions(test, value, sign -> sign >= 0);
      case BEFORE -> instant(value) != null && instant(value) < micros(text(test, 0));
      case AFTER -> instant(value) != null && instant(value) >= micros(text(test, 0));
      case IN_CIDR ->
          test.values().stream().anyMatch(range -> inRange(((Json.Str) range).value(), value));
      case PRESENT -> true;
    };
  }

  private static boolean same(Json wanted, Object value, boolean ignoreCase) {
    if (wanted instanceof Json.Str text && value instanceof String found) {
      return ignoreCase ? folded(text.value()).equals(folded(found)) : text.value().equals(found);
    }
    if (wanted instanceof Json.Bool flag && value instanceof Boolean found) {
      return flag.value() == found;
    }
    BigDecimal number = number(value);
    return wanted instanceof Json.Num num
        && number != null
        && number.compareTo(new BigDecimal(num.value())) == 0;
  }

  private interface Sign {
    boolean passes(int sign);
  }

  private static boolean ordered(Condition.Test test, Object value, Sign wanted) {
    BigDecimal number = number(value);
    return number != null
        && wanted.passes(
            number.compareTo(new BigDecimal(((Json.Num) test.values().get(0)).value())));
  }

  private static @Nullable BigDecimal number(Object value) {
    if (value instanceof BigDecimal exact) {
      return exact;
    }
    if (value instanceof BigInteger whole) {
      return new BigDecimal(whole);
    }
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return BigDecimal.valueOf(((Number) value).longValue());
    }
    return value instanceof Number number && Double.isFinite(number.doubleValue())
        ? new BigDecimal(number.doubleValue())
        : null;
  }

  private interface Part {
    boolean isIn(String text, String part);
  }

  private static boolean anyText(Condition.Test test, Object value, Part where) {
    if (!(value instanceof String found)) {
      return false;
    }
    for (int i = 0; i < test.values().size(); i++) {
      String part = text(test, i);
      if (test.ignoreCase() ? where.isIn(folded(found), folded(part)) : where.isIn(found, part)) {
        return true;
      }
    }
    return false;
  }

  private static String folded(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      out.append(Character.toLowerCase(Character.toUpperCase(text.charAt(i))));
    }
    return out.toString();
  }

  /**
   * Numbers, and then whether it is a release; in the scenes a prerelease is a word and perhaps a
   * number.
   */
  private static boolean versions(Condition.Test test, Object value, Sign wanted) {
    List<Comparable<?>> bound = version(text(test, 0));
    List<Comparable<?>> found = value instanceof String text ? version(text) : null;
    return bound != null && found != null && wanted.passes(compare(found, bound));
  }

  private static @Nullable List<Comparable<?>> version(String text) {
    java.util.regex.Matcher matcher =
        java.util.regex.Pattern.compile(
                "[vV]?(0|[1-9]\\d*)(?:\\.(0|[1-9]\\d*))?(?:\\.(0|[1-9]\\d*))?(?:-([a-z]+)(?:\\.(0|[1-9]\\d*))?)?(?:\\+[0-9A-Za-z.-]+)?")
            .matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    List<Comparable<?>> parts = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      parts.add(matcher.group(i) == null ? BigInteger.ZERO : new BigInteger(matcher.group(i)));
    }
    // A release comes after everything that leads to it.
    parts.add(matcher.group(4) == null ? "\uffff" : matcher.group(4));
    parts.add(matcher.group(5) == null ? BigInteger.valueOf(-1) : new BigInteger(matcher.group(5)));
    return parts;
  }

  @SuppressWarnings("unchecked") // equal places hold equal types
  private static int compare(List<Comparable<?>> a, List<Comparable<?>> b) {
    for (int i = 0; i < a.size(); i++) {
      int sign = ((Comparable<Object>) a.get(i)).compareTo(b.get(i));
      if (sign != 0) {
        return sign;
      }
    }
    return 0;
  }

  private static @Nullable Long instant(Object value) {
    if (value instanceof Instant instant) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.MICROS));
    }
    if (value instanceof String text) {
      try {
        return micros(text);
      } catch (DateTimeParseException e) {
        return null;
      }
    }
    BigDecimal millis = value instanceof Number ? number(value) : null;
    if (millis == null) {
      return null;
    }
    // Beyond what people mean by instants, only before or after counts.
    BigDecimal far = BigDecimal.valueOf(Long.MAX_VALUE / 2);
    BigDecimal micros = millis.multiply(BigDecimal.valueOf(1000)).min(far).max(far.negate());
    return micros.setScale(0, RoundingMode.FLOOR).longValueExact();
  }

  private static long micros(String text) {
    return ChronoUnit.MICROS.between(
        Instant.EPOCH, OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS));
  }

  /** In 128 bits, an IPv4 address as IPv6 writes it. */
  private static boolean inRange(String range, Object value) {
    int slash = range.indexOf('/');
    String first = range.substring(0, slash);
    BigInteger from = value instanceof String ? address(first) : null;
    BigInteger at = value instanceof String text ? address(text) : null;
    if (from == null || at == null) {
      return false;
    }
    int width = first.indexOf(':') < 0 ? 32 : 128;
    int host = width - Integer.parseInt(range.substring(slash + 1));
    return from.shiftRight(host).equals(at.shiftRight(host));
  }

  private static @Nullable BigInteger address(String text) {
    if (text.matches("[0-9a-f]*:[0-9a-f:]*")) {
      try {
        return new BigInteger(1, java.net.InetAddress.getByName(text).getAddress());
      } catch (java.net.UnknownHostException e) {
        return null;
      }
    }
    if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      return null;
    }
    BigInteger address = BigInteger.valueOf(0xFFFF);
    for (String part : text.split("\\.", -1)) {
      int number = Integer.parseInt(part);
      if (number > 255) {
        return null;
      }
      address = address.shiftLeft(8).add(BigInteger.valueOf(number));
    }
    return address;
  }

  private static String text(Condition.Test test, int index) {
    return ((Json.Str) test.values().get(index)).value();
  }

  // Units and attributes.

  private static boolean lists(KeyList keys, @Nullable String unit) {
    return unit != null && ((KeyList.Inline) keys).keys().contains(unit);
  }

  private @Nullable String unit(String kind, Context context) {
    return text(read(new AttributeRef(kind, "targetingKey"), context));
  }

  private static @Nullable String text(@Nullable Object unit) {
    if (unit instanceof String text) {
      return text;
    }
    if (unit instanceof Boolean) {
      return unit.toString();
    }
    BigDecimal number = unit instanceof Number ? number(unit) : null;
    if (number == null) {
      return null;
    }
    boolean whole = number.stripTrailingZeros().scale() <= 0;
    return whole ? number.toBigInteger().toString() : javaScript(((Number) unit).doubleValue());
  }

  /** The scenes have no number so small or so large that it is written with an exponent. */
  private static String javaScript(double value) {
    for (int digits = 1; ; digits++) {
      BigDecimal rounded =
          new BigDecimal(value).round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros().toPlainString();
      }
    }
  }

  private @Nullable Object read(AttributeRef ref, Context context) {
    if (ref.name().equals("$region")) {
      return region;
    }
    Context of = ref.kind().equals("user") ? context : context.kinds().get(ref.kind());
    if (of == null) {
      return null;
    }
    if (!ref.name().startsWith("/")) {
      return of.attributes().get(ref.name());
    }
    Object value = of.attributes();
    for (String step : ref.name().substring(1).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      if (value instanceof Map<?, ?> map) {
        value = map.get(name);
      } else if (value instanceof List<?> list && name.matches("0|[1-9]\\d{0,8}")) {
        int index = Integer.parseInt(name);
        value = index < list.size() ? list.get(index) : null;
      } else {
        return null;
      }
    }
    return value;
  }
}
