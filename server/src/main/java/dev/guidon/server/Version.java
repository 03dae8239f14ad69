package dev.guidon.server;

/** What this build calls itself. */
public final class Version {
  private Version() {}

  /** From the jar's manifest; classes run from a folder have none. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
