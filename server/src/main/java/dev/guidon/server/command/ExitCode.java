package dev.guidon.server.command;

/** What a command's end means to a script. */
final class ExitCode {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_FOUND = 3;
  static final int CONFLICT = 5;

  private ExitCode() {}
}
