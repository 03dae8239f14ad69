package dev.guidon.server.docs;

import dev.guidon.server.command.Commands;
import java.util.ArrayList;
import java.util.List;

/** Prints what many commands say, in one process: each argument is a command line. */
final class HelpPrinter {
  static final String MARK = "=====";

  private HelpPrinter() {}

  public static void main(String[] lines) {
    for (String line : lines) {
      System.out.println(MARK);
      System.out.flush();
      List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
      words.removeIf(String::isEmpty);
      Commands.run(words.toArray(String[]::new));
      System.out.flush();
    }
  }
}
