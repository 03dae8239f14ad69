package dev.guidon.edge;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * PEM files for TLS. They are read again when they change, so that certificates are renewed without
 * a restart.
 *
 * @param certificate the chain that this side shows
 * @param key its private key, PKCS#8
 * @param trust certificates of the authorities that the other side's certificate must come from;
 *     {@code null}: for a server no certificate is asked for, for a client the platform's
 *     authorities count
 * @param required for a server with {@code trust}: whether every client needs a certificate, or
 *     only further edges
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path trust, boolean required) {

  /** Shows a certificate and asks for none. */
  public static TlsFiles of(Path certificate, Path key) {
    return new TlsFiles(certificate, key, /* trust= */ null, /* required= */ false);
  }

  /** Further edges must show a certificate from these authorities; applications need none. */
  public TlsFiles withTrust(Path authorities) {
    return new TlsFiles(certificate, key, authorities, required);
  }
}
