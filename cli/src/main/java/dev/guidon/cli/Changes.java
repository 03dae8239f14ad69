package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import java.util.function.Consumer;

/** Sends what changes something, and words the answers. */
final class Changes {
  private Changes() {}

  /**
   * Sends a change with its reason.
   *
   * @param what what it makes so, such as {@code flag checkout: on}
   * @param then sees the receipt of a change that was made
   */
  static void send(
      Session session, Call call, ChangeOptions options, String what, Consumer<Json> then) {
    Reply reply = session.api().send(prepared(session, call, options));
    if (Members.isTrue(reply.body(), "dryRun")) {
      showDryRun(session, reply.body());
      return;
    }
    showReceipt(session, reply.body(), what);
    then.accept(reply.body());
  }

  static Call prepared(Session session, Call call, ChangeOptions options) {
    return call.query("reason", session.settings().reason())
        .query("dryRun", options.dryRun ? "true" : null)
        .query("allowGrowth", options.allowGrowth ? "true" : null);
  }

  /** One line that names the place and its new revision: both are in the token. */
  private static void showReceipt(Session session, Json body, String what) {
    Output out = session.out();
    switch (out.format()) {
      case JSON, YAML -> out.document(body);
      case NAME -> out.line(Members.text(body, "token"));
      case TABLE, WIDE -> out.line(what + receipt(body));
    }
  }

  /** What stands behind a change: the token, and whether there was anything to do. */
  static String receipt(Json body) {
    return (Members.isTrue(body, "unchanged") ? " already" : "")
        + (Members.isTrue(body, "replayed") ? " (done before)" : "")
        + "  "
        + String.join(", ", tokens(body));
  }

  /** A write over several scopes makes a commit in each. */
  private static List<String> tokens(Json body) {
    List<Json.Obj> receipts = Members.objects(body, "receipts");
    Json single = Members.at(body, "receipt");
    return receipts.isEmpty()
        ? List.of(Members.text(single == null ? body : single, "token"))
        : receipts.stream().map(receipt -> Members.text(receipt, "token")).toList();
  }

  static void showDryRun(Session session, Json body) {
    Output out = session.out();
    if (out.format().isForPrograms()) {
      out.document(body);
      return;
    }
    showDiff(out, Members.objects(body, "diff"));
    for (Json.Obj consumer : Members.objects(body, "lacking")) {
      out.note(
          "Warning: "
              + Table.clean(Members.text(consumer, "id"))
              + " could not use it: lacks "
              + Table.clean(String.join(", ", Members.strings(consumer, "lacks"))));
    }
    Lint.showWarnings(out, body);
    out.note("Dry run on " + Members.text(body, "token") + ": nothing was changed.");
  }

  /** Differences as the API words them. */
  static void showDiff(Output out, List<Json.Obj> entities) {
    for (Json.Obj entity : entities) {
      List<String> summary = Members.strings(entity, "summary");
      showEntity(
          out,
          Members.text(entity, "change"),
          Members.text(entity, "kind") + " " + Members.text(entity, "key"),
          summary.isEmpty() ? paths(entity) : summary);
    }
  }

  private static List<String> paths(Json.Obj entity) {
    return Members.objects(entity, "paths").stream()
        .map(path ->
            Members.text(path, "path")
                + ": "
                + DocumentDiff.shown(path.get("from"))
                + " → "
                + DocumentDiff.shown(path.get("to")))
        .toList();
  }

  static void showEntity(Output out, String change, String id, List<String> lines) {
    String line =
        switch (change) {
          case "added" -> out.ink().green("+ " + Table.clean(id));
          case "removed" -> out.ink().red("- " + Table.clean(id));
          default -> out.ink().bold("~ " + Table.clean(id));
        };
    out.line(line);
    lines.forEach(text -> out.line("    " + Table.clean(text)));
  }
}
