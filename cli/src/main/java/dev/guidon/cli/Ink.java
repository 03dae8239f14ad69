package dev.guidon.cli;

/** Colour, where there is somebody to see it. Never the only carrier of a meaning. */
record Ink(boolean isOn) {
  /** {@code always} and {@code never} are the person's word; {@code auto} asks the terminal. */
  static Ink chosen(String choice, CliEnvironment env) {
    return new Ink(
        switch (choice) {
          case "always" -> true;
          case "never" -> false;
          default ->
              env.isTty()
                  && env.variable("NO_COLOR") == null
                  && !"dumb".equals(env.variable("TERM"));
        });
  }

  String bold(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  String red(String text) {
    return paint("31", text);
  }

  String green(String text) {
    return paint("32", text);
  }

  private String paint(String code, String text) {
    return isOn ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
