package dev.guidon.benchmarks.eval;

import org.jspecify.annotations.Nullable;

/** What is measured. One use: made, asked for one call or several, closed. */
public interface Subject extends AutoCloseable {

  /** What runs, with its version, and how it is set up. */
  String setup();

  /**
   * @return {@code null} when the subject has no means to say what the scenario asks
   */
  @Nullable Call call(Scenario scenario) throws Exception;

  @Override
  default void close() throws Exception {}
}
