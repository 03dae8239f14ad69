package dev.guidon.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A JVM that writes flags for another one to read. */
public final class Writer {
  private Writer() {}

  static void write(String classPath, String holder, Path folder, int count)
      throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx6g",
                    "-cp",
                    classPath,
                    Writer.class.getName(),
                    holder,
                    folder.toString(),
                    String.valueOf(count)))
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException("writing " + count + " flags for " + holder + " ended with " + exit);
    }
  }

  public static void main(String[] args) throws Exception {
    try (Holder holder =
        Class.forName(args[0]).asSubclass(Holder.class).getDeclaredConstructor().newInstance()) {
      holder.write(new Many(Integer.parseInt(args[2])), Path.of(args[1]));
    }
  }
}
