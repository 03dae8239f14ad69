package dev.guidon.benchmarks.load;

import dev.guidon.benchmarks.eval.User;
import java.nio.file.Path;

/** Something that holds many flags. */
public interface Holder extends AutoCloseable {
  /**
   * Writes the flags as this holder reads them; in another process than the one that is measured.
   */
  void write(Many many, Path folder) throws Exception;

  /** Reads the flags; answers from them when this returns. */
  void load(Path folder) throws Exception;

  String ask(String flag, User user);

  @Override
  void close() throws Exception;
}
