package dev.guidon.model.json;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;

/**
 * Writes the canonical form of RFC 8785 (JCS): equal values become equal bytes, on every JVM and in
 * every language that follows it. Hashes are taken over these bytes.
 *
 * <p>Every method throws IllegalArgumentException for text with lone surrogates, which has no UTF-8
 * form.
 */
public final class CanonicalJson {

  private CanonicalJson() {}

  public static byte[] bytes(Json json) {
    return text(json).getBytes(StandardCharsets.UTF_8);
  }

  public static String text(Json json) {
    var out = new StringBuilder();
    write(json, out);
    return out.toString();
  }

  /** Writes nothing when the value has no canonical form. */
  public static void write(Json json, OutputStream out) throws IOException {
    out.write(bytes(json));
  }

  public static void write(Json json, StringBuilder out) {
    write(json, out, 0);
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
    if (obj.members() instanceof Members known && known.isSorted()) {
      writeSorted(known, out, depth);
      return;
    }
    var members = new ArrayList<>(obj.members().entrySet());
    // RFC 8785 sorts by UTF-16 units, which is what String.compareTo does.
    members.sort(Map.Entry.comparingByKey());
    char separator = '{';
    for (var member : members) {
      out.append(separator);
      JsonText.writeString(member.getKey(), out);
      out.append(':');
      write(member.getValue(), out, depth + 1);
      separator = ',';
    }
    out.append(members.isEmpty() ? "{}" : "}");
  }

  private static void writeSorted(Members members, StringBuilder out, int depth) {
    out.append('{');
    int first = out.length();
    members.forEach((name, value) -> {
      if (out.length() > first) {
        out.append(',');
      }
      JsonText.writeString(name, out);
      out.append(':');
      write(value, out, depth + 1);
    });
    out.append('}');
  }

  private static void writeItems(Json.Arr arr, StringBuilder out, int depth) {
    char separator = '[';
    for (var item : arr.items()) {
      out.append(separator);
      write(item, out, depth + 1);
      separator = ',';
    }
    out.append(arr.items().isEmpty() ? "[]" : "]");
  }
}
