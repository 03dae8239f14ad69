package dev.guidon.control;

import dev.guidon.model.Hash;
import java.util.Base64;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text of a credential or key: {@code gdn_<kind>_<43 base64url characters of 256 random bits><6
 * base62 characters of the CRC32 of all before>}. The prefix and the checksum let scanners find
 * leaked ones; only the SHA-256 of the whole text is ever stored.
 */
public record Secret(Kind kind, String text) {
  /** What the secret opens; a part of its text. */
  public enum Kind {
    ADMIN("adm"),
    PERSON("per"),
    SERVICE("svc"),
    EDGE("edg"),
    SERVER("srv"),
    CLIENT("cli");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    public String code() {
      return code;
    }
  }

  public static final int RANDOM_BYTES = 32;

  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int BODY_CHARS = 43;
  private static final int CHECK_CHARS = 6;
  private static final int PREFIX_CHARS = 8;

  /**
   * @param random 32 bytes that nobody can guess
   */
  public static Secret of(Kind kind, byte[] random) {
    if (random.length != RANDOM_BYTES) {
      throw new IllegalArgumentException(
          "random: " + random.length + " bytes (expected: " + RANDOM_BYTES + ")");
    }
    String body =
        "gdn_" + kind.code + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    return new Secret(kind, body + checksum(body));
  }

  /** The secret, or {@code null} for text that cannot be one: wrong prefix, length or checksum. */
  public static @Nullable Secret parse(String text) {
    if (text.length() != PREFIX_CHARS + BODY_CHARS + CHECK_CHARS) {
      return null;
    }
    String body = text.substring(0, text.length() - CHECK_CHARS);
    for (Kind kind : Kind.values()) {
      if (text.startsWith("gdn_" + kind.code + "_") && text.endsWith(checksum(body))) {
        return new Secret(kind, text);
      }
    }
    return null;
  }

  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    long value = crc.getValue();
    char[] digits = new char[CHECK_CHARS];
    for (int i = CHECK_CHARS - 1; i >= 0; i--) {
      digits[i] = BASE62.charAt((int) (value % 62));
      value /= 62;
    }
    return new String(digits);
  }

  /** What is stored, and what a presented secret is found by. */
  public Hash hash() {
    return Hash.of(text);
  }

  /** Never the text. */
  @Override
  public String toString() {
    return "gdn_" + kind.code + "_…";
  }
}
