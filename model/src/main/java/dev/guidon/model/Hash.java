package dev.guidon.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest, written as 64 lower-case hexadecimal digits everywhere: in the log, in frames
 * and in URLs.
 */
public record Hash(String hex) implements Comparable<Hash> {
  /** What the first entry of a log names as its predecessor. */
  public static final Hash ZERO = new Hash("0".repeat(64));

  private static final HexFormat HEX = HexFormat.of();

  public Hash {
    if (!isHash(hex)) {
      throw new IllegalArgumentException(
          "hash: " + Texts.shown(hex) + " (expected: 64 lower-case hexadecimal digits)");
    }
  }

  /** The digest of exactly these bytes. */
  public static Hash of(byte[] bytes) {
    return new Hash(HEX.formatHex(digest().digest(bytes)));
  }

  /** The digest of the UTF-8 form of a text. */
  public static Hash of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static boolean isHash(String text) {
    if (text.length() != 64) {
      return false;
    }
    for (int i = 0; i < 64; i++) {
      char c = text.charAt(i);
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (!hex) {
        return false;
      }
    }
    return true;
  }

  /** The 32 raw bytes, a fresh array. */
  public byte[] bytes() {
    return HEX.parseHex(hex);
  }

  /** A fresh SHA-256 engine; every Java platform is required to have one. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java platform", e);
    }
  }

  @Override
  public int compareTo(Hash other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
