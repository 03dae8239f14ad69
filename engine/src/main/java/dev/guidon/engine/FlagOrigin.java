package dev.guidon.engine;

import dev.guidon.model.Flag;
import java.util.function.Supplier;

/**
 * What a flag was compiled from, to compile it once more when somebody asks why.
 *
 * @param written reads the document; it need not be kept in memory
 */
record FlagOrigin(
    Supplier<Flag> written, long version, boolean isStale, Links links, Interned interned) {

  /**
   * @param targets the key lists of the serving program; they are not read again
   */
  FlagProgram compileExplained(FlagProgram.Target[] targets, Links.Explaining explaining)
      throws RefusedException {
    return FlagCompiler.compileExplained(this, links.explained(explaining), targets);
  }
}
