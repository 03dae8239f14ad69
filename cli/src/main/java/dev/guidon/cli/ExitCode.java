package dev.guidon.cli;

/** The exit codes: scripts depend on them, so a number never changes its meaning. */
enum ExitCode {
  OK(0, "done"),
  FAILED(1, "failed: the server or the network could not do it, or a file could not be used"),
  USAGE(2, "usage: the command line or a document is not as it must be"),
  NOT_FOUND(3, "not found"),
  AUTH(4, "no access: the token is missing, unknown, expired or lacks the role"),
  CONFLICT(5, "conflict: somebody else changed it first"),
  NEEDS_APPROVAL(6, "needs approval"),
  TIMED_OUT(7, "timed out waiting for regions"),
  ABORTED(8, "aborted by a gate"),
  DIFFERENCES(10, "differences or findings; only with diff --exit-code and lint --fail-on"),
  INTERRUPTED(130, "interrupted");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  String meaning() {
    return meaning;
  }
}
