package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import dev.guidon.server.DataFolder;
import dev.guidon.server.config.ConfigSources;
import dev.guidon.server.config.ServerConfig;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command on the files of a log, without a server. */
abstract class LogCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The server's data folder. Default: as for serve.")
  @Nullable String data;

  @Option(names = "--config", paramLabel = "FILE", description = "The server's YAML file.")
  @Nullable String config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json.")
  OutputFormat format = OutputFormat.table;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  boolean help;

  final DataFolder folder() {
    Map<String, String> flags = data == null ? Map.of() : Map.of("--data", data);
    ConfigSources sources = ConfigSources.of(flags, System.getenv(), config);
    return new DataFolder(ServerConfig.read(sources).config().data());
  }

  /** Beside a server that runs, or without one. */
  final SqliteLog openToRead() {
    return SqliteLog.open(existing(), SqliteLog.Options.READ_ONLY);
  }

  /** Refused while a server has it open. */
  final Log openToWrite() {
    return SqliteLog.open(existing());
  }

  private Path existing() {
    Path file = folder().log();
    if (!Files.exists(file)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "log " + file + ": not there (expected: a data folder that a server has used)",
          null);
    }
    return file;
  }

  final void print(Json.Obj json, Runnable table) {
    switch (format) {
      case json -> out().println(PrettyJson.text(json));
      case table -> table.run();
    }
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
