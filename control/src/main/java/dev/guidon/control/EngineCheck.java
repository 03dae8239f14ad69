package dev.guidon.control;

import dev.guidon.engine.Compilation;
import dev.guidon.engine.Refusal;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.View;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles every view before it is written, with the engine that will serve it. Key lists count as
 * empty: control made their chunks itself, and a million keys need not be read to find a wrong
 * pattern. One thread.
 */
public final class EngineCheck implements ViewCheck {
  private static final byte[] NO_KEYS = "[]".getBytes(StandardCharsets.UTF_8);
  private static final BlobSource EMPTY_CHUNKS = hash -> NO_KEYS;

  private @Nullable Ruleset previous;

  @Override
  public List<Refused> check(View next) {
    Compilation compiled = Ruleset.compile(next, EMPTY_CHUNKS, previous);
    List<Refused> refused = new ArrayList<>();
    for (Refusal refusal : compiled.refusals()) {
      refused.add(new Refused(refusal.entity(), refusal.code(), refusal.detail()));
    }
    if (refused.isEmpty()) {
      previous = compiled.ruleset();
    }
    return refused;
  }
}
