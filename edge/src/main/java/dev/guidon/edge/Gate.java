package dev.guidon.edge;

import dev.guidon.model.Hash;

/** Who may ask for something: key, rate, and the certificate of further edges. */
final class Gate {
  private static final KeyCheck.Denied NO_CERTIFICATE =
      new KeyCheck.Denied(403, "further edges need a client certificate here", 0);

  private final EdgeRuntime runtime;
  private final KeyCache cache;

  Gate(EdgeRuntime runtime) {
    this.runtime = runtime;
    this.cache = new KeyCache(KeyCache.secretHash(runtime.hashSeed));
  }

  /** As far as keys go: what the request may open. A caller who is denied has been told. */
  KeyCheck check(Exchange exchange) {
    KeyCheck check = KeyCheck.of(exchange.request(), runtime, cache, runtime.nowMicros());
    return switch (check) {
      case KeyCheck.Denied denied -> deny(exchange, denied);
      case KeyCheck.Application application -> {
        exchange.keyName(application.key().name());
        yield withinRate(exchange, application.secret(), application);
      }
      case KeyCheck.FurtherEdge edge -> {
        exchange.keyName(edge.key().key().name());
        yield showsNeededCertificate(exchange)
            ? withinRate(exchange, edge.secret(), edge)
            : deny(exchange, NO_CERTIFICATE);
      }
    };
  }

  private KeyCheck withinRate(Exchange exchange, Hash secret, KeyCheck opened) {
    int wait = runtime.waitOfKey(secret);
    return wait == 0 ? opened : deny(exchange, tooMany(wait));
  }

  private static KeyCheck.Denied tooMany(int waitSeconds) {
    return new KeyCheck.Denied(429, "too many requests with this key", waitSeconds);
  }

  private static KeyCheck deny(Exchange exchange, KeyCheck.Denied denied) {
    exchange.fail(denied.status(), denied.detail(), denied.retryAfterSeconds());
    return denied;
  }

  /** The same rate for what is opened without showing the key again; {@code false} is told. */
  boolean isWithinRate(Exchange exchange, Hash secret) {
    int wait = runtime.waitOfKey(secret);
    if (wait > 0) {
      var _ = deny(exchange, tooMany(wait));
    }
    return wait == 0;
  }

  private boolean showsNeededCertificate(Exchange exchange) {
    TlsFiles tls = runtime.options.tls();
    if (tls == null || tls.trust() == null) {
      return true;
    }
    try {
      return !exchange.request().connection().peerCertificates().isEmpty();
    } catch (javax.net.ssl.SSLPeerUnverifiedException _) {
      return false;
    }
  }
}
