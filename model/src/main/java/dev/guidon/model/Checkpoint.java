package dev.guidon.model;

/**
 * The hash of the whole state as of a revision; every replica recomputes it and stops when it
 * differs.
 */
public record Checkpoint(long revision, Hash state) {
  /**
   * Every entry whose revision is a multiple of this carries the checkpoint of the revision before
   * it.
   */
  public static final int EVERY = 1000;
}
