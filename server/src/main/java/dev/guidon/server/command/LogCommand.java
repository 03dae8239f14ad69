package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import dev.guidon.server.DataFolder;
import dev.guidon.server.LogStore;
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
  @Nullable String configFile;

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
    return new DataFolder(config().data());
  }

  final ServerConfig config() {
    Map<String, String> flags = data == null ? Map.of() : Map.of("--data", data);
    return ServerConfig.read(ConfigSources.of(flags, System.getenv(), configFile)).config();
  }

  /** Beside a server that runs, or without one. */
  final Log openToRead() {
    return config().database() == null ? openFileToRead() : LogStore.open(config(), folder());
  }

  /** The log as a file, for what only files can do. */
  final SqliteLog openFileToRead() {
    return SqliteLog.open(existing(), SqliteLog.Options.READ_ONLY);
  }

  /** Where the log is a file, refused while a server has it open. */
  final Log openToWrite() {
    if (config().database() == null) {
      Path _ = existing();
    }
    return LogStore.open(config(), folder());
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
