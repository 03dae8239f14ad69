package dev.guidon.benchmarks;

import java.util.List;

/** One thing that can be measured. */
@FunctionalInterface
public interface Command {
  /**
   * @param arguments what stands behind the command's name
   * @return the exit code: 0 when everything could be measured, whatever the numbers are
   */
  int run(List<String> arguments) throws Exception;
}
