package dev.guidon.server.command;

import dev.guidon.server.config.ConfigSources;
import dev.guidon.server.config.ServerConfig;
import dev.guidon.server.config.Setting;
import dev.guidon.server.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Lets a command take every setting as a flag, made from the one list of settings. */
final class Configuration {
  private static final String FILE_FLAG = "--config";

  private Configuration() {}

  static void addFlags(CommandSpec command) {
    command.addOption(
        OptionSpec.builder(FILE_FLAG)
            .type(String.class)
            .paramLabel("FILE")
            .description(
                "YAML file with settings (environment: " + ConfigSources.FILE_VARIABLE + ").")
            .build());
    for (Setting setting : Settings.flags()) {
      command.addOption(
          OptionSpec.builder(setting.flag())
              .type(String.class)
              .paramLabel(setting.valueName())
              .description(description(setting))
              .build());
    }
  }

  private static String description(Setting setting) {
    String fallback = setting.fallback() == null ? "" : " Default: " + setting.fallback() + ".";
    return (setting.help() + fallback).replace("%", "%%");
  }

  static ServerConfig.Read read(CommandSpec command) {
    ParseResult parsed = command.commandLine().getParseResult();
    Map<String, String> flags = new LinkedHashMap<>();
    for (Setting setting : Settings.flags()) {
      String value = parsed.matchedOptionValue(setting.flag(), null);
      if (value != null) {
        flags.put(setting.flag(), value);
      }
    }
    @Nullable String file = parsed.matchedOptionValue(FILE_FLAG, null);
    return ServerConfig.read(ConfigSources.of(flags, System.getenv(), file));
  }
}
