package dev.guidon.model.json;

/**
 * Writes JSON for people: two spaces per level, members in the order given. Never hash this text.
 */
public final class PrettyJson {

  private PrettyJson() {}

  /** The text without a final line feed. Throws IllegalArgumentException for lone surrogates. */
  public static String text(Json json) {
    var out = new StringBuilder();
    write(json, out, 0);
    return out.toString();
  }

  private static void write(Json json, StringBuilder out, int depth) {
    JsonText.requireDepth(depth);
    if (json instanceof Json.Obj obj) {
      writeMembers(obj, out, depth);
    } else if (json instanceof Json.Arr arr) {
      writeItems(arr, out, depth);
    } else {
      JsonText.writeScalar(json, out);
    }
  }

  private static void writeMembers(Json.Obj obj, StringBuilder out, int depth) {
    if (obj.members().isEmpty()) {
      out.append("{}");
      return;
    }
    char separator = '{';
    for (var member : obj.members().entrySet()) {
      newLine(out.append(separator), depth + 1);
      JsonText.writeString(member.getKey(), out);
      out.append(": ");
      write(member.getValue(), out, depth + 1);
      separator = ',';
    }
    newLine(out, depth);
    out.append('}');
  }

  private static void writeItems(Json.Arr arr, StringBuilder out, int depth) {
    if (arr.items().isEmpty()) {
      out.append("[]");
      return;
    }
    char separator = '[';
    for (var item : arr.items()) {
      newLine(out.append(separator), depth + 1);
      write(item, out, depth + 1);
      separator = ',';
    }
    newLine(out, depth);
    out.append(']');
  }

  private static void newLine(StringBuilder out, int depth) {
    out.append('\n').append("  ".repeat(depth));
  }
}
