package dev.guidon.server;

/** The program: every command starts here. */
public final class Main {
  private Main() {}

  /** Runs the command named by the first argument. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      System.out.println("guidon " + version());
      return;
    }
    System.err.println("guidon: no such command: " + String.join(" ", args));
    System.exit(2);
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
