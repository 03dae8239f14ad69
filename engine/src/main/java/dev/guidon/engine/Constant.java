package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A condition that is the same for every context. Only compiling meets it: it is left out then. */
final class Constant extends Check {
  static final Check ALWAYS = new Constant(/* holds= */ true);
  static final Check NEVER = new Constant(/* holds= */ false);

  private final boolean holds;

  private Constant(boolean holds) {
    this.holds = holds;
  }

  static Check of(boolean holds) {
    return holds ? ALWAYS : NEVER;
  }

  @Override
  boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
    return holds;
  }

  @Override
  Explanation.Kind kind() {
    return holds ? Explanation.Kind.ALL : Explanation.Kind.ANY; // of nothing
  }

  @Override
  Map<String, Json> facts() {
    return Map.of();
  }
}
