package dev.guidon.control;

import dev.guidon.model.CommittedEntry;
import org.jspecify.annotations.Nullable;

/** Who made a commit, and when. */
public record Author(
    long era, long revision, long timeMicros, String actor, @Nullable String reason) {
  public static Author of(CommittedEntry committed) {
    var entry = committed.entry();
    return new Author(
        entry.position().era(),
        entry.position().revision(),
        entry.timeMicros(),
        entry.actor(),
        entry.reason());
  }
}
