package dev.guidon.control;

/**
 * What control accepts.
 *
 * @param documentBytesMax of one entity's canonical document; an entry holds at least one
 * @param entitiesMax of one scope, tombstones not counted
 * @param growthFreeBytes documents up to this size may grow at will; larger ones at most double in
 *     one commit
 * @param emptyingFreeKeys lists of more keys than this may not become empty in one commit
 */
public record Limits(
    int documentBytesMax, int entitiesMax, int growthFreeBytes, long emptyingFreeKeys) {
  public static final Limits DEFAULT =
      new Limits(
          /* documentBytesMax= */ 192 * 1024,
          /* entitiesMax= */ 50_000,
          /* growthFreeBytes= */ 16 * 1024,
          /* emptyingFreeKeys= */ 100);
}
