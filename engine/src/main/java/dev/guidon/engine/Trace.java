package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hears what an evaluation does. An evaluation without one costs only the question whether there is
 * one; with one it does exactly the same.
 */
interface Trace {
  /** A step begins; those that begin before it ends are inside it. */
  void open(Explanation.Kind kind, Map<String, Json> facts);

  /** Something found during the step that is open. */
  void note(String name, @Nullable Json value);

  /** The innermost open step ends; {@code null} when it is not a question. */
  void close(@Nullable Boolean passed);
}
