package dev.guidon.server.command;

import dev.guidon.log.Head;
import dev.guidon.model.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Ends of logs, as commands show them. */
final class LogJson {
  private LogJson() {}

  static Json heads(Collection<Head> heads) {
    List<Json> all = new ArrayList<>();
    for (Head head : heads) {
      all.add(
          Json.Obj.builder()
              .put("scope", head.scope().text())
              .put("position", head.position().text())
              .put("chain", head.chain().hex())
              .put("timeMicros", head.timeMicros())
              .build());
    }
    return new Json.Arr(all);
  }

  static void print(Collection<Head> heads, PrintWriter out) {
    Table table = new Table("SCOPE", "ERA.REVISION", "CHAIN");
    for (Head head : heads) {
      String at = head.position().era() + "." + head.position().revision();
      table.row(head.scope().text(), at, head.chain().hex().substring(0, 16) + "…");
    }
    table.print(out);
  }
}
