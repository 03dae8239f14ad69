package dev.guidon.server.command;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import dev.guidon.server.config.Given;
import dev.guidon.server.config.ServerConfig;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a server started with the same flags, environment and file would use. */
@Command(name = "print", description = "Shows the settings in effect and where each comes from.")
final class ConfigPrint implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Option(names = "--effective", description = "Also those that nothing sets.")
  boolean effective;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json.")
  OutputFormat format = OutputFormat.table;

  @Override
  public Integer call() {
    ServerConfig.Read read = Configuration.read(spec);
    PrintWriter out = spec.commandLine().getOut();
    List<Given> shown = new ArrayList<>(read.givens());
    shown.removeIf(given -> !effective && given.source().equals("default"));
    switch (format) {
      case json -> out.println(PrettyJson.text(json(shown)));
      case table -> table(shown, out);
    }
    return 0;
  }

  private static void table(List<Given> givens, PrintWriter out) {
    Table table = new Table("SETTING", "VALUE", "SOURCE");
    givens.forEach(given -> table.row(given.setting().key(), given.shown(), given.source()));
    table.print(out);
  }

  private static Json json(List<Given> givens) {
    Json.Obj.Builder all = Json.Obj.builder();
    for (Given given : givens) {
      Json value = given.value() == null ? Json.NULL : Json.of(given.shown());
      all.put(
          given.setting().key(), Json.Obj.of("value", value, "source", Json.of(given.source())));
    }
    return all.build();
  }
}
