package dev.guidon.fuzz;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Something that must never happen, and the smallest input found that makes it happen.
 *
 * @param execution the number of the input that showed it first
 */
@SuppressWarnings("ArrayRecordComponent") // Shown, never compared.
record Finding(String target, long seed, long execution, Throwable thrown, byte[] input) {
  String text() {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    String shown = new String(input, StandardCharsets.ISO_8859_1).replaceAll("[^\\x20-\\x7e]", ".");
    return "FOUND in "
        + target
        + ", seed "
        + seed
        + ", execution "
        + execution
        + ", "
        + input.length
        + " bytes\n  text "
        + shown
        + "\n  hex  "
        + HexFormat.of().formatHex(input)
        + "\n"
        + trace;
  }
}
