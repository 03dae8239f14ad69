package dev.guidon.benchmarks;

import java.io.File;
import java.nio.file.Path;

/** What the processes that are measured are started with. */
public final class ClassPaths {
  private ClassPaths() {}

  public static String ours() {
    return path("target/benchmarks.jar", "target/lib");
  }

  /** Rivals bring their own libraries, in the versions that they ask for. */
  public static String rivals() {
    return path("rivals/target/rivals.jar", "rivals/target/lib");
  }

  private static String path(String jar, String libraries) {
    Path root = Results.root().resolve("benchmarks");
    return root.resolve(jar) + File.pathSeparator + root.resolve(libraries) + File.separator + "*";
  }
}
