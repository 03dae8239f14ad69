package dev.guidon.engine;

import dev.guidon.model.Instants;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a flag, asked in their order: the first that matches decides. A rule matches within
 * its window, its slots and its condition.
 *
 * <h2>Shape</h2>
 *
 * Rules are numbers here, and what they are made of stands in columns. First the clauses that many
 * rules share tell at once which rules are left (see {@link Narrowing}); then those are asked one
 * by one for the rest. A program that explains has no narrowings, so that every rule is asked.
 */
final class Rules {
  static final Rules NONE = new Rules(new Columns(0));

  private static final Narrowing[] NO_NARROWINGS = {};
  private static final int SLOT_UNKNOWN = -2;

  /** The rules that can match at all, a bit for each. */
  private final long[] live;

  private final Narrowing[] narrowings;

  /** By rule: what is left of its condition; {@code null}: nothing. */
  private final @Nullable Check[] checks;

  private final long @Nullable [] fromMicros;
  private final long @Nullable [] untilMicros;

  /** By rule: pairs of first slot and first slot after; {@code null}: not gated by the layer. */
  private final int @Nullable [] @Nullable [] slots;

  private final @Nullable Bucketing layer;
  private final @Nullable RuleAnswers answers;

  Rules(Columns columns) {
    this.live = columns.live;
    this.narrowings = columns.narrowings;
    this.checks = columns.checks;
    this.fromMicros = columns.fromMicros;
    this.untilMicros = columns.untilMicros;
    this.slots = columns.slots;
    this.layer = columns.layer;
    this.answers = columns.answers;
  }

  /** The answer of the first rule that matches, {@code null} when none does. */
  @Nullable Outcome decide(Context context, long nowMicros, @Nullable Trace trace) {
    int slot = SLOT_UNKNOWN;
    for (int word = 0; word < live.length; word++) {
      long left = live[word];
      for (Narrowing narrowing : narrowings) {
        left = narrowing.among(left, word, context);
      }
      for (; left != 0; left &= left - 1) {
        int rule = word << 6 | Long.numberOfTrailingZeros(left);
        if (slot == SLOT_UNKNOWN && isGated(rule)) {
          slot = layer == null ? Decision.NO_BUCKET : layer.bucketOf(context);
        }
        boolean matches =
            trace == null
                ? matches(rule, slot, context, nowMicros)
                : matchesTraced(rule, slot, context, nowMicros, trace);
        if (matches) {
          return answers().answer(rule, context, trace);
        }
      }
    }
    return null;
  }

  private RuleAnswers answers() {
    return java.util.Objects.requireNonNull(answers);
  }

  private boolean matches(int rule, int slot, Context context, long nowMicros) {
    Check check = check(rule);
    return isOpen(rule, nowMicros)
        && (!isGated(rule) || owns(rule, slot))
        && (check == null || check.holds(context, nowMicros, null));
  }

  private @Nullable Check check(int rule) {
    return checks.length == 0 ? null : checks[rule];
  }

  private boolean isOpen(int rule, long nowMicros) {
    return (fromMicros == null || nowMicros >= fromMicros[rule])
        && (untilMicros == null
            || nowMicros < untilMicros[rule]
            || untilMicros[rule] == Long.MAX_VALUE);
  }

  private boolean isGated(int rule) {
    return slots != null && slots[rule] != null;
  }

  private boolean owns(int rule, int slot) {
    int[] own = slots == null ? null : slots[rule];
    for (int i = 0; own != null && i < own.length; i += 2) {
      if (slot >= own[i] && slot < own[i + 1]) {
        return true;
      }
    }
    return false;
  }

  private boolean matchesTraced(int rule, int slot, Context context, long nowMicros, Trace trace) {
    Check check = check(rule);
    trace.open(
        Explanation.Kind.RULE,
        Map.of("rule", Json.of(answers().ruleId(rule)), "index", Json.of((long) rule)));
    boolean matches =
        isOpenTraced(rule, nowMicros, trace)
            && (!isGated(rule) || ownsTraced(rule, slot, trace))
            && (check == null || check.holds(context, nowMicros, trace));
    trace.close(matches);
    return matches;
  }

  private boolean isOpenTraced(int rule, long nowMicros, Trace trace) {
    boolean isOpen = isOpen(rule, nowMicros);
    long from = fromMicros == null ? Long.MIN_VALUE : fromMicros[rule];
    long until = untilMicros == null ? Long.MAX_VALUE : untilMicros[rule];
    if (from != Long.MIN_VALUE || until != Long.MAX_VALUE) {
      TreeMap<String, Json> facts = new TreeMap<>();
      facts.put("from", from == Long.MIN_VALUE ? Json.NULL : Json.of(Instants.text(from)));
      facts.put("until", until == Long.MAX_VALUE ? Json.NULL : Json.of(Instants.text(until)));
      facts.put("now", Json.of(Instants.text(nowMicros)));
      trace.open(Explanation.Kind.WINDOW, facts);
      trace.close(isOpen);
    }
    return isOpen;
  }

  private boolean ownsTraced(int rule, int slot, Trace trace) {
    boolean owns = owns(rule, slot);
    TreeMap<String, Json> facts = new TreeMap<>();
    facts.put("salt", layer == null ? Json.NULL : Json.of(layer.salt()));
    facts.put("slot", Json.of((long) slot));
    facts.put("ranges", ranges(rule));
    trace.open(Explanation.Kind.LAYER, facts);
    trace.close(owns);
    return owns;
  }

  private Json ranges(int rule) {
    List<Json> ranges = new ArrayList<>();
    int[] own = slots == null ? null : slots[rule];
    for (int i = 0; own != null && i < own.length; i += 2) {
      ranges.add(Json.arr(Json.of((long) own[i]), Json.of((long) own[i + 1])));
    }
    return new Json.Arr(ranges);
  }

  /** What rules are made of, while they are being made. */
  static final class Columns {
    private static final Check[] NO_CHECKS = {};

    private final int count;
    private final long[] live;
    private Narrowing[] narrowings = NO_NARROWINGS;
    private @Nullable Check[] checks = NO_CHECKS;
    private long @Nullable [] fromMicros;
    private long @Nullable [] untilMicros;
    private int @Nullable [] @Nullable [] slots;
    private @Nullable Bucketing layer;
    private @Nullable RuleAnswers answers;

    Columns(int count) {
      this.count = count;
      this.live = new long[(count + 63) / 64];
    }

    void live(int rule) {
      live[rule >> 6] |= 1L << rule;
    }

    void narrowings(Narrowing[] all) {
      this.narrowings = all;
    }

    void check(int rule, Check check) {
      checks = checks.length == 0 ? new Check[count] : checks;
      checks[rule] = check;
    }

    void window(int rule, @Nullable Long from, @Nullable Long until) {
      if (from != null) {
        fromMicros = fromMicros == null ? filled(Long.MIN_VALUE) : fromMicros;
        fromMicros[rule] = from;
      }
      if (until != null) {
        untilMicros = untilMicros == null ? filled(Long.MAX_VALUE) : untilMicros;
        untilMicros[rule] = until;
      }
    }

    private long[] filled(long value) {
      long[] column = new long[count];
      java.util.Arrays.fill(column, value);
      return column;
    }

    void gate(int rule, int[] own, Bucketing by) {
      slots = slots == null ? new int[count][] : slots;
      slots[rule] = own;
      layer = by;
    }

    void answers(RuleAnswers all) {
      this.answers = all;
    }
  }
}
