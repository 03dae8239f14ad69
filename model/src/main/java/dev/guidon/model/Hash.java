package dev.guidon.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 digest, written as 64 lower-case hexadecimal digits everywhere: in the log, in frames
 * and in URLs. In memory it is four words, since a view holds one for every entity.
 */
public final class Hash implements Comparable<Hash> {
  /** What the first entry of a log names as its predecessor. */
  public static final Hash ZERO = new Hash("0".repeat(64));

  private static final int BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;

  public Hash(String hex) {
    if (!isHash(hex)) {
      throw new IllegalArgumentException(
          "hash: " + Texts.shown(hex) + " (expected: 64 lower-case hexadecimal digits)");
    }
    this.first = HexFormat.fromHexDigitsToLong(hex, 0, 16);
    this.second = HexFormat.fromHexDigitsToLong(hex, 16, 32);
    this.third = HexFormat.fromHexDigitsToLong(hex, 32, 48);
    this.fourth = HexFormat.fromHexDigitsToLong(hex, 48, 64);
  }

  private Hash(byte[] digest) {
    this.first = word(digest, 0);
    this.second = word(digest, 8);
    this.third = word(digest, 16);
    this.fourth = word(digest, 24);
  }

  /** The digest of exactly these bytes. */
  public static Hash of(byte[] bytes) {
    return new Hash(digest().digest(bytes));
  }

  /** The digest of a part of these bytes. */
  public static Hash of(byte[] bytes, int from, int to) {
    MessageDigest digest = digest();
    digest.update(bytes, from, to - from);
    return ofDigest(digest.digest());
  }

  /** The digest of the UTF-8 form of a text. */
  public static Hash of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** From the 32 bytes that an engine gave. */
  public static Hash ofDigest(byte[] digest) {
    if (digest.length != BYTES) {
      throw new IllegalArgumentException(
          "digest: " + digest.length + " bytes (expected: " + BYTES + ")");
    }
    return new Hash(digest);
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

  /** As 64 lower-case hexadecimal digits. */
  public String hex() {
    return HEX.toHexDigits(first)
        + HEX.toHexDigits(second)
        + HEX.toHexDigits(third)
        + HEX.toHexDigits(fourth);
  }

  /** The 32 raw bytes, a fresh array. */
  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    put(first, bytes, 0);
    put(second, bytes, 8);
    put(third, bytes, 16);
    put(fourth, bytes, 24);
    return bytes;
  }

  private static long word(byte[] bytes, int at) {
    long word = 0;
    for (int i = at; i < at + 8; i++) {
      word = word << 8 | bytes[i] & 0xFF;
    }
    return word;
  }

  private static void put(long word, byte[] into, int at) {
    for (int i = 0; i < 8; i++) {
      into[at + i] = (byte) (word >>> (56 - 8 * i));
    }
  }

  /** A fresh SHA-256 engine; every Java platform is required to have one. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java platform", e);
    }
  }

  /** In the order of the digits. */
  @Override
  public int compareTo(Hash other) {
    int order = Long.compareUnsigned(first, other.first);
    if (order == 0) {
      order = Long.compareUnsigned(second, other.second);
    }
    if (order == 0) {
      order = Long.compareUnsigned(third, other.third);
    }
    return order == 0 ? Long.compareUnsigned(fourth, other.fourth) : order;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hash hash
        && first == hash.first
        && second == hash.second
        && third == hash.third
        && fourth == hash.fourth;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first);
  }

  @Override
  public String toString() {
    return hex();
  }
}
