package dev.guidon.engine;

import dev.guidon.model.Condition;
import dev.guidon.model.Instants;
import dev.guidon.model.Operator;
import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A test of the instant of the evaluation. It is an instant, so that only instants' operators and
 * presence pass.
 */
final class NowTest extends Check {
  private final Condition.Test source;
  private final long boundMicros;

  NowTest(Condition.Test source) {
    this.source = source;
    this.boundMicros =
        isBound(source)
            ? Values.instantMicros(((Json.Str) source.values().get(0)).value())
            : Values.NO_INSTANT;
  }

  private static boolean isBound(Condition.Test source) {
    return source.operator() == Operator.BEFORE || source.operator() == Operator.AFTER;
  }

  /** When the answer changes, or {@link Values#NO_INSTANT}. */
  long boundaryMicros() {
    return boundMicros;
  }

  /** Whether it asks for more than the presence of the time, which is always there. */
  boolean isConstant() {
    return boundMicros == Values.NO_INSTANT;
  }

  @Override
  boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
    if (trace != null) {
      trace.note("actual", Json.of(Instants.text(nowMicros)));
    }
    return passes(nowMicros) != source.negate();
  }

  private boolean passes(long nowMicros) {
    if (isBound(source)) {
      return nowMicros < boundMicros == (source.operator() == Operator.BEFORE);
    }
    return source.operator() == Operator.PRESENT;
  }

  @Override
  Explanation.Kind kind() {
    return Explanation.Kind.TEST;
  }

  @Override
  Map<String, Json> facts() {
    return TestCheck.factsOf(source);
  }
}
