package dev.guidon.server;

import dev.guidon.server.command.Commands;

/** The program: every command starts here. */
public final class Main {
  private Main() {}

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] args) {
    // Answered before anything else is loaded: scripts ask this often.
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println("guidon " + Version.text());
      return;
    }
    int code = Commands.run(args);
    System.out.flush();
    System.exit(code);
  }
}
