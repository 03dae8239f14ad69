package dev.guidon.control;

import dev.guidon.model.Change;
import dev.guidon.model.Hash;
import dev.guidon.model.Priority;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command after its check.
 *
 * @param changes the post-images to write; only good without problems, conflict and wanted blobs
 * @param blobs to be put before the entry
 * @param wanted blobs without which the check cannot be finished
 * @param reads what the check looked at
 */
record Draft(
    List<Change> changes,
    Map<Hash, byte[]> blobs,
    Priority priority,
    List<EditProblem> problems,
    CommandResult.@Nullable Conflicted conflict,
    Set<Hash> wanted,
    ReadSet reads) {}
