package dev.guidon.control;

import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a command. */
public sealed interface CommandResult {

  /**
   * It is in the log.
   *
   * @param before the state that it was checked against; {@code null} when an earlier success is
   *     answered again
   * @param replayed whether this is the first result of the same key again
   */
  record Committed(CommittedEntry entry, @Nullable ScopeState before, boolean replayed)
      implements CommandResult {}

  /** Everything was so already; nothing was written. */
  record Unchanged(ScopeState state) implements CommandResult {}

  /** A dry run: this would have been written. */
  record Checked(ScopeState before, List<Change> changes, Priority priority)
      implements CommandResult {}

  record Refused(List<EditProblem> problems) implements CommandResult {
    public Refused {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Somebody else changed the entity first.
   *
   * @param current what stands there now; {@code null} when nothing does
   * @param author of the other change, as far as the image remembers it
   */
  record Conflicted(
      int edit,
      EntityId id,
      long basedOn,
      @Nullable EntityBody current,
      @Nullable Author author,
      Edit yours,
      ScopeState state)
      implements CommandResult {}

  /** The idempotency key belongs to another command. */
  record KeyReused(CommittedEntry existing) implements CommandResult {}

  /**
   * The log could not be asked.
   *
   * @param outcomeUnknown whether the command may have happened all the same; repeating it with the
   *     same key is safe
   */
  record Unavailable(String why, boolean outcomeUnknown) implements CommandResult {}
}
