package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import java.util.stream.Collectors;

/** Commits as rows. */
final class Commits {
  private Commits() {}

  /**
   * Lists a history in the chosen format.
   *
   * @param since only later revisions
   */
  static void list(Session session, Call call, String place, long since, int limit) {
    if (limit < 1) {
      throw CliException.usage("--limit: " + limit + " (expected: at least 1)", null);
    }
    Api.Listing listing = session.api().list(call, limit);
    List<Json.Obj> commits =
        listing.items().stream()
            .filter(commit -> Members.whole(commit, "revision") > since)
            .limit(limit)
            .toList();
    session
        .out()
        .list(
            new Table()
                .number("REVISION", commit -> Members.text(commit, "revision"))
                .column("TIME", commit -> Members.text(commit, "time"))
                .column("BY", commit -> Members.text(commit, "actor"))
                .column("CHANGES", Commits::changes)
                .column("REASON", commit -> Members.text(commit, "reason"))
                .wide("PRIORITY", commit -> Members.text(commit, "priority"))
                .wide("HASH", commit -> Members.text(commit, "hash")),
            commits,
            commit -> Members.text(commit, "token"),
            (commits.size() == 1 ? "1 commit" : commits.size() + " commits") + " · " + place);
  }

  static String changes(Json commit) {
    return Members.objects(commit, "changes").stream()
        .map(change ->
            Members.text(change, "kind")
                + " "
                + Members.text(change, "key")
                + (Members.isTrue(change, "gone") ? " (deleted)" : ""))
        .collect(Collectors.joining(", "));
  }
}
