package dev.guidon.control;

import dev.guidon.model.ScopeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One atomic change that somebody asks for.
 *
 * @param key idempotency key: the same command under the same key happens once
 * @param actor the credential's name
 * @param edits at most one per entity
 * @param returning whether control itself took the documents from the scope's history, where they
 *     were live
 * @param allowGrowth whether the author has confirmed a change that grows or empties a list beyond
 *     the usual
 * @param dryRun check and answer, write nothing
 */
public record Command(
    ScopeId scope,
    String key,
    String actor,
    @Nullable String reason,
    List<Edit> edits,
    boolean returning,
    boolean allowGrowth,
    boolean dryRun) {
  public static final int EDITS_MAX = 1000;
  public static final int REASON_CHARS_MAX = 2000;

  public Command {
    edits = List.copyOf(edits);
  }

  public static Command of(ScopeId scope, String key, String actor, Edit... edits) {
    return new Command(
        scope,
        key,
        actor,
        /* reason= */ null,
        List.of(edits),
        /* returning= */ false,
        /* allowGrowth= */ false,
        /* dryRun= */ false);
  }

  public Command asDryRun() {
    return new Command(
        scope, key, actor, reason, edits, returning, allowGrowth, /* dryRun= */ true);
  }
}
