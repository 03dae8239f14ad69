package dev.guidon.control;

import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a command wants of one entity. */
public sealed interface Edit permits Edit.Put, Edit.Merge, Edit.Delete, Edit.Keys {
  /** As {@link #basedOn}: the entity must not be there yet. */
  long ABSENT = 0;

  EntityId id();

  /**
   * The version that the author saw: another version now is a conflict. {@link #ABSENT} for an
   * entity that must be new; {@code null} when the author does not care.
   */
  @Nullable Long basedOn();

  /** The whole document. */
  record Put(EntityId id, Json doc, @Nullable Long basedOn) implements Edit {}

  /** A JSON Merge Patch (RFC 7396) on the document as it is when the command is checked. */
  record Merge(EntityId id, Json patch, @Nullable Long basedOn) implements Edit {}

  record Delete(EntityId id, @Nullable Long basedOn) implements Edit {}

  /**
   * Keys added to and removed from one list of a segment; only the chunks that they fall into are
   * read and replaced.
   *
   * @param list {@code included} or {@code excluded}
   */
  record Keys(
      EntityId id, String list, List<String> add, List<String> remove, @Nullable Long basedOn)
      implements Edit {
    public Keys {
      add = List.copyOf(add);
      remove = List.copyOf(remove);
    }
  }
}
