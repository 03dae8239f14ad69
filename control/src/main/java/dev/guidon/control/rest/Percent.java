package dev.guidon.control.rest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Percent-encoding, decoded strictly: what is not UTF-8, or half an escape, is refused. */
final class Percent {
  private Percent() {}

  static @Nullable String decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        bytes.write(raw[i]);
        continue;
      }
      int high = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 1], 16) : -1;
      int low = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        return null;
      }
      bytes.write(high * 16 + low);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The members of a query; {@code null} when it is broken or names something twice. */
  static @Nullable Map<String, String> query(@Nullable String query) {
    Map<String, String> members = new LinkedHashMap<>();
    if (query == null || query.isEmpty()) {
      return members;
    }
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = decode((equals < 0 ? part : part.substring(0, equals)).replace('+', ' '));
      String value = decode(equals < 0 ? "" : part.substring(equals + 1).replace('+', ' '));
      if (name == null || value == null || members.put(name, value) != null) {
        return null;
      }
    }
    return members;
  }

  static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '-'
              || b == '_'
              || b == '.'
              || b == '~';
      if (plain) {
        out.append((char) b);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
      }
    }
    return out.toString();
  }
}
