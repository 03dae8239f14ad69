package dev.guidon.edge.core;

import dev.guidon.model.Hash;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may read from an edge: an application with the key of one scope, or a further edge with the
 * credential of some.
 *
 * @param name of the key's entity, for logs and metrics; never the secret
 */
public record ReaderKey(
    Kind kind,
    String name,
    List<Secret> secrets,
    @Nullable Long newConnectionsUntil,
    @Nullable Long expires) {
  public ReaderKey {
    secrets = List.copyOf(secrets);
  }

  /** What a key opens. */
  public enum Kind {
    /** Rulesets, and evaluation of every flag. */
    SERVER,
    /** Evaluation of client-visible flags only. */
    CLIENT,
    /** Replication. */
    EDGE
  }

  /**
   * @param hash of the secret's text
   * @param notAfter the instant (epoch microseconds) from which it is worth nothing, or never
   */
  public record Secret(Hash hash, @Nullable Long notAfter) {}

  /** Whether a stream opened with this secret may stay open. */
  public boolean admitsExisting(Hash secret, long nowMicros) {
    return isBefore(nowMicros, expires) && holds(secret, nowMicros);
  }

  /** Whether the secret may open something new. */
  public boolean admitsNew(Hash secret, long nowMicros) {
    return isBefore(nowMicros, newConnectionsUntil) && admitsExisting(secret, nowMicros);
  }

  /**
   * The first instant at which {@link #admitsNew} says no; {@link Long#MAX_VALUE} without one,
   * {@link Long#MIN_VALUE} for a secret that is not of this key.
   */
  public long admitsNewUntil(Hash secret) {
    return Math.min(orNever(newConnectionsUntil), admitsExistingUntil(secret));
  }

  /** The same for {@link #admitsExisting}. */
  public long admitsExistingUntil(Hash secret) {
    long held = Long.MIN_VALUE;
    for (Secret own : secrets) {
      if (own.hash().equals(secret)) {
        held = Math.max(held, orNever(own.notAfter()));
      }
    }
    return Math.min(held, orNever(expires));
  }

  private static long orNever(@Nullable Long end) {
    return end == null ? Long.MAX_VALUE : end;
  }

  private boolean holds(Hash secret, long nowMicros) {
    boolean held = false;
    for (Secret own : secrets) {
      // Every byte of every hash is compared: how long it takes says nothing about what is right.
      boolean same = MessageDigest.isEqual(own.hash().bytes(), secret.bytes());
      held |= same && isBefore(nowMicros, own.notAfter());
    }
    return held;
  }

  private static boolean isBefore(long nowMicros, @Nullable Long end) {
    return end == null || nowMicros < end;
  }
}
