package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows of objects in columns: no boxes, two spaces, headers in capitals. */
final class Table {
  private static final int CELL_CHARS_MAX = 48;

  private final List<Column> columns = new ArrayList<>();

  private record Column(
      String header, Function<Json.Obj, String> cell, boolean isNumber, boolean isWide) {}

  Table column(String header, Function<Json.Obj, String> cell) {
    columns.add(new Column(header, cell, /* isNumber= */ false, /* isWide= */ false));
    return this;
  }

  Table number(String header, Function<Json.Obj, String> cell) {
    columns.add(new Column(header, cell, /* isNumber= */ true, /* isWide= */ false));
    return this;
  }

  /** A column that only {@code -o wide} and {@code --plain} show. */
  Table wide(String header, Function<Json.Obj, String> cell) {
    columns.add(new Column(header, cell, /* isNumber= */ false, /* isWide= */ true));
    return this;
  }

  /** Lines for people. */
  List<String> lines(List<Json.Obj> rows, boolean wide, boolean shorten) {
    List<Column> shown = columns.stream().filter(column -> wide || !column.isWide()).toList();
    List<List<String>> cells = new ArrayList<>();
    cells.add(shown.stream().map(Column::header).toList());
    for (Json.Obj row : rows) {
      cells.add(shown.stream().map(column -> oneLine(column.cell().apply(row), shorten)).toList());
    }
    int[] widths = new int[shown.size()];
    for (List<String> line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(line.get(i)));
      }
    }
    return cells.stream().map(line -> line(line, shown, widths)).toList();
  }

  private static String line(List<String> cells, List<Column> columns, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String space = " ".repeat(widths[i] - length(cell));
      line.append(i == 0 ? "" : "  ")
          .append(columns.get(i).isNumber() ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }

  /** Tab-separated values without a header, never shortened: columns keep their places. */
  List<String> tabSeparated(List<Json.Obj> rows) {
    return rows.stream()
        .map(row ->
            String.join(
                "\t", columns.stream().map(c -> oneLine(c.cell().apply(row), false)).toList()))
        .toList();
  }

  private static String oneLine(String cell, boolean shorten) {
    String line = clean(cell);
    return shorten && length(line) > CELL_CHARS_MAX
        ? line.substring(0, line.offsetByCodePoints(0, CELL_CHARS_MAX - 1)) + "…"
        : line;
  }

  /** Text that strangers wrote must not steer the terminal or break a row. */
  static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        StringBuilder clean = new StringBuilder(text.length());
        text.chars().forEach(c -> clean.append(Character.isISOControl(c) ? ' ' : (char) c));
        return clean.toString();
      }
    }
    return text;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
