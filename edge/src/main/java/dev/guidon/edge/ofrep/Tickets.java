package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Short-lived passes for event streams, because a browser's EventSource cannot send a key in a
 * header. A pass names a scope and the key that it was given for; it opens nothing but the signal
 * to fetch again.
 *
 * <h2>Why passes come in periods</h2>
 *
 * A client that sees a new stream address leaves its stream for the new one, and a client that gets
 * 304 keeps the old address for ever. So all answers of one period carry the same pass, it stays
 * good for the whole next period, and {@link #period} is part of the answers' entity tag: a client
 * that still holds a dead pass never gets 304.
 */
public final class Tickets {
  static final long PERIOD_MICROS = 600_000_000L;

  private final SecretKeySpec key;
  private final String processTag;

  /**
   * @param secret 32 random bytes of this process; passes of another process are worth nothing here
   */
  public Tickets(byte[] secret) {
    this.key = new SecretKeySpec(secret, "HmacSHA256");
    this.processTag =
        Hash.of("process tag " + java.util.HexFormat.of().formatHex(mac("tag")))
            .hex()
            .substring(0, 16);
  }

  /** What a pass stands for. */
  public record Ticket(ScopeId scope, Hash keyHash, long expiresMicros) {}

  /** Changes with the time and the process, and with it what passes are worth. */
  public String period(long nowMicros) {
    return processTag + Math.floorDiv(nowMicros, PERIOD_MICROS);
  }

  public String issue(ScopeId scope, Hash keyHash, long nowMicros) {
    long expires = (Math.floorDiv(nowMicros, PERIOD_MICROS) + 2) * PERIOD_MICROS;
    String payload = scope.text() + " " + keyHash.hex() + " " + expires;
    return base64(payload.getBytes(UTF_8)) + "." + base64(mac(payload));
  }

  /** What a pass stands for, or {@code null} when it was never issued here or has expired. */
  public @Nullable Ticket check(String ticket, long nowMicros) {
    int dot = ticket.indexOf('.');
    if (dot < 0 || ticket.length() > 1000) {
      return null;
    }
    try {
      String payload = new String(Base64.getUrlDecoder().decode(ticket.substring(0, dot)), UTF_8);
      byte[] mac = Base64.getUrlDecoder().decode(ticket.substring(dot + 1));
      return MessageDigest.isEqual(mac, mac(payload)) ? unexpired(payload, nowMicros) : null;
    } catch (IllegalArgumentException _) {
      return null; // Not base64: nothing that was issued here.
    }
  }

  private static @Nullable Ticket unexpired(String payload, long nowMicros) {
    String[] parts = payload.split(" ", 3);
    var ticket = new Ticket(ScopeId.parse(parts[0]), new Hash(parts[1]), Long.parseLong(parts[2]));
    return ticket.expiresMicros() > nowMicros ? ticket : null;
  }

  private byte[] mac(String payload) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(payload.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is missing from this Java platform", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
