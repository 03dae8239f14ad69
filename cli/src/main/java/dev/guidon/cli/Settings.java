package dev.guidon.cli;

import dev.guidon.model.ScopeId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * What is in force for one command: an option, else a variable, else the profile, else a default.
 */
final class Settings {
  private static final String DEFAULT_SERVER = "http://127.0.0.1:8016";
  private static final int TOKEN_CHARS_MAX = 4096;

  private final CliEnvironment env;
  private final Globals globals;
  private final Profiles.Profile profile;

  Settings(CliEnvironment env, Globals globals, Profiles.Profile profile) {
    this.env = env;
    this.globals = globals;
    this.profile = profile;
  }

  URI server() {
    String text = chosen(globals.server, "GUIDON_URL", profile.server());
    String address = text == null ? DEFAULT_SERVER : text;
    try {
      URI uri =
          URI.create(address.endsWith("/") ? address.substring(0, address.length() - 1) : address);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(address);
    }
    throw notAnAddress(address);
  }

  private static CliException notAnAddress(String address) {
    return CliException.usage(
        "server: \"" + address + "\" (expected: an address such as " + DEFAULT_SERVER + ")", null);
  }

  /** A place further out names the project only where no nearer one does, in either of two ways. */
  String project() {
    String project =
        firstOf(
            globals.project,
            projectIn(globals.environment),
            env.variable("GUIDON_PROJECT"),
            projectIn(env.variable("GUIDON_ENV")),
            profile.project(),
            projectIn(profile.environment()));
    if (project == null) {
      throw CliException.usage(
          "No project is named.",
          "Add --project PROJECT, or set GUIDON_PROJECT; see guidon project list.");
    }
    return checkedKey("project", project);
  }

  private static @Nullable String firstOf(@Nullable String... choices) {
    for (String choice : choices) {
      if (choice != null) {
        return choice;
      }
    }
    return null;
  }

  private static @Nullable String projectIn(@Nullable String environment) {
    int slash = environment == null ? -1 : environment.indexOf('/');
    return environment == null || slash <= 0 ? null : environment.substring(0, slash);
  }

  String environment() {
    String environment = givenEnvironment();
    if (environment == null) {
      throw CliException.usage(
          "No environment is named.", "Add --env ENV, or set GUIDON_ENV; see guidon env list.");
    }
    return checkedKey("environment", environment.substring(environment.indexOf('/') + 1));
  }

  private @Nullable String givenEnvironment() {
    return chosen(globals.environment, "GUIDON_ENV", profile.environment());
  }

  /** The environment as people and tokens write it. */
  ScopeId.Environment scope() {
    return new ScopeId.Environment(project(), environment());
  }

  /** A key that may stand in a path; everything else is refused before it is sent. */
  static String checkedKey(String what, String key) {
    if (!ScopeId.isKey(key)) {
      throw CliException.usage(
          what + ": \"" + Table.clean(key) + "\" (expected: " + ScopeId.EXPECTED_KEY + ")", null);
    }
    return key;
  }

  private @Nullable String chosen(@Nullable String option, String variable, @Nullable String kept) {
    if (option != null) {
      return option;
    }
    String value = env.variable(variable);
    return value == null ? kept : value;
  }

  /** The token; asked for at the terminal when nothing names one and asking is allowed. */
  @Nullable String token() {
    String file = globals.tokenFile;
    if (file == null) {
      String token = env.variable("GUIDON_TOKEN");
      if (token != null) {
        return checkedToken(token.strip(), "GUIDON_TOKEN");
      }
      file = profile.tokenFile();
    }
    if (file != null) {
      return checkedToken(fileText(file), file);
    }
    if (mayAsk()) {
      String answer = env.host().readSecret("Token for " + server() + ": ");
      return answer == null || answer.isBlank() ? null : checkedToken(answer.strip(), "answer");
    }
    return null;
  }

  private String fileText(String name) {
    try {
      byte[] bytes =
          name.equals("-")
              ? env.stdin().readNBytes(TOKEN_CHARS_MAX + 1)
              : Files.readAllBytes(env.file(name));
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new CliException(
          ExitCode.AUTH,
          "no-token",
          "The token file " + name + " cannot be read: " + e.getMessage(),
          "Write the token there, or set GUIDON_TOKEN.",
          e);
    }
  }

  /** A token goes into a header, so nothing else may hide in it; its text is never shown. */
  static String checkedToken(String token, String place) {
    boolean fits =
        !token.isEmpty()
            && token.length() <= TOKEN_CHARS_MAX
            && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (!fits) {
      throw new CliException(
          ExitCode.AUTH,
          "no-token",
          place + " holds no token (expected: one line such as gdn_per_…).",
          "See guidon help tokens.");
    }
    return token;
  }

  boolean mayAsk() {
    return env.isTty() && !globals.nonInteractive;
  }

  boolean saysYes() {
    return globals.yes;
  }

  @Nullable String reason() {
    return globals.reason;
  }

  Format format() {
    return globals.format == null ? Format.TABLE : globals.format;
  }

  boolean plain() {
    return globals.plain;
  }

  Ink ink() {
    String color = globals.color == null ? "auto" : globals.color;
    if (!color.equals("auto") && !color.equals("always") && !color.equals("never")) {
      throw CliException.usage(
          "--color: \"" + color + "\" (expected: auto, always or never)", null);
    }
    return Ink.chosen(color, env);
  }
}
