package dev.guidon.server.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Plain text of at most 80 columns, the same on a terminal and in a file. */
final class Screen {
  private static final int COLUMNS = 80;
  private static final String INDENT = "          ";

  private final PrintWriter out;
  private final long startedNanos = System.nanoTime();

  Screen(PrintWriter out) {
    this.out = out;
  }

  /** What happens now, after the seconds that have passed. */
  void step(String name) {
    out.println();
    out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds(), name));
    out.flush();
  }

  /** What was found, broken at words where it is too long. */
  @SuppressWarnings("AnnotateFormatMethod") // That annotation would be a library for this one line.
  void says(String format, Object... values) {
    String text = String.format(Locale.ROOT, format, values);
    StringBuilder line = new StringBuilder(INDENT);
    boolean first = true;
    for (String word : words(text)) {
      if (!first && line.length() + 1 + word.length() > COLUMNS) {
        out.println(line);
        line = new StringBuilder(INDENT);
        first = true;
      }
      line.append(first ? "" : " ").append(word);
      first = false;
    }
    out.println(line);
    out.flush();
  }

  /** To be copied as it is. */
  void verbatim(String line) {
    out.println("  " + line);
    out.flush();
  }

  double seconds() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  private static List<String> words(String text) {
    return new ArrayList<>(Arrays.asList(text.split(" ", -1)));
  }
}
