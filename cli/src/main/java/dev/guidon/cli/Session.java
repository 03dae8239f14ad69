package dev.guidon.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One run of a command: what is in force, where output goes, and the server. */
record Session(CliEnvironment env, Settings settings, Output out, Api api) {
  static Session open(CliEnvironment env, Globals globals) {
    Settings settings = new Settings(env, globals, Profiles.load(env).active());
    Output out = new Output(env, settings.format(), settings.plain(), settings.ink());
    return new Session(env, settings, out, new Api(env.host(), settings.server(), settings::token));
  }

  /**
   * Goes on only after a yes. What cannot be taken back wants more than a key press.
   *
   * @param consequence what will happen, with the environment's name
   * @param wanted what the person must type
   */
  void confirm(String consequence, String wanted) {
    if (settings.saysYes()) {
      return;
    }
    if (!settings.mayAsk()) {
      throw CliException.usage(
          consequence + " Nobody is there to confirm it.", "Add --yes if that is meant.");
    }
    out.note(consequence);
    env.stderr().print("Type " + wanted + " to go on: ");
    env.stderr().flush();
    if (!wanted.equals(answer())) {
      throw new CliException(
          ExitCode.FAILED, "not-confirmed", "Nothing was changed: the answer was another.", null);
    }
  }

  private String answer() {
    try {
      String line =
          new BufferedReader(new InputStreamReader(env.stdin(), StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line.strip();
    } catch (IOException e) {
      throw new UncheckedIOException("standard input cannot be read", e);
    }
  }
}
