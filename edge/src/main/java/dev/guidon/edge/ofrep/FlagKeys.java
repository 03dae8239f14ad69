package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Reads a flag key from the rest of a raw request path. Some clients percent-encode it, some do
 * not, and keys may hold {@code /}, spaces and any letters; so all that follows the prefix is the
 * key, decoded exactly once.
 */
public final class FlagKeys {
  private FlagKeys() {}

  /**
   * Decodes percent escapes as UTF-8. An escape that is none stands for itself, a plus is a plus,
   * and characters that came as raw bytes (a request line is read byte by byte) count as those
   * bytes.
   */
  public static String decode(String rawPath) {
    if (isPlain(rawPath)) {
      return rawPath;
    }
    var bytes = new ByteArrayOutputStream(rawPath.length());
    for (int i = 0; i < rawPath.length(); i++) {
      char c = rawPath.charAt(i);
      int escaped =
          c == '%' && i + 2 < rawPath.length()
              ? hex(rawPath.charAt(i + 1), rawPath.charAt(i + 2))
              : -1;
      if (escaped >= 0) {
        bytes.write(escaped);
        i += 2;
      } else if (c < 0x100) {
        bytes.write(c);
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(UTF_8));
      }
    }
    return bytes.toString(UTF_8);
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' || c >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static int hex(char high, char low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : h << 4 | l;
  }
}
