package dev.guidon.engine;

/**
 * An outcome together with the place of the unit in what decided.
 *
 * @param bucket 0 to 99,999 in the split or the layer that decided, -1 when none did
 */
public record Decision(Outcome outcome, int bucket) {
  public static final int NO_BUCKET = -1;
}
