package dev.guidon.cli;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.PrettyJson;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** Writes what a command found: data to standard output, words about it to standard error. */
final class Output {
  private final CliEnvironment env;
  private final Format format;
  private final boolean plain;
  private final Ink ink;

  Output(CliEnvironment env, Format format, boolean plain, Ink ink) {
    this.env = env;
    this.format = format;
    this.plain = plain;
    this.ink = ink;
  }

  Format format() {
    return format;
  }

  boolean isPlain() {
    return plain;
  }

  Ink ink() {
    return ink;
  }

  /** Rows in the chosen format; {@code footer} is for people. */
  void list(Table table, List<Json.Obj> rows, Function<Json.Obj, String> name, String footer) {
    switch (format) {
      case JSON, YAML ->
          document(
              Json.Obj.builder().put("v", 1).put("items", new Json.Arr(List.copyOf(rows))).build());
      case NAME -> rows.forEach(row -> line(Table.clean(name.apply(row))));
      case TABLE, WIDE -> table(table, rows, footer);
    }
  }

  private void table(Table table, List<Json.Obj> rows, String footer) {
    if (plain) {
      table.tabSeparated(rows).forEach(this::line);
      return;
    }
    if (!rows.isEmpty()) {
      List<String> lines =
          table.lines(rows, format == Format.WIDE, env.isTty() && format != Format.WIDE);
      line(ink.bold(lines.getFirst()));
      lines.stream().skip(1).forEach(this::line);
    }
    note(footer);
  }

  /** One document, for programs as chosen, for people as YAML, which reads best. */
  void document(Json json) {
    if (format == Format.JSON) {
      line(PrettyJson.text(json));
    } else {
      text(Yaml.text(json));
    }
  }

  /** One line of a stream of JSON documents. */
  void jsonLine(Json json) {
    line(CanonicalJson.text(json));
    env.stdout().flush();
  }

  void line(String line) {
    env.stdout().print(line);
    env.stdout().print('\n');
  }

  void text(String text) {
    env.stdout().print(text);
  }

  /** A word to the person, never data. */
  void note(String note) {
    env.stdout().flush();
    printLine(env.stderr(), note);
  }

  /** What one might do next; only where somebody reads. */
  void next(String command) {
    if (env.isTty() && !format.isForPrograms()) {
      note(ink.faint("Next: " + command));
    }
  }

  void flush() {
    env.stdout().flush();
  }

  /** Whether whoever read the output has gone. */
  boolean isClosed() {
    return env.stdout().checkError();
  }

  private static void printLine(PrintStream stream, String line) {
    stream.print(line);
    stream.print('\n');
    stream.flush();
  }
}
