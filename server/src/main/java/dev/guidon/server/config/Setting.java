package dev.guidon.server.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing an operator may set, under one name in every source: {@code delivery.tls.client-ca} in
 * the file, {@code --delivery-tls-client-ca} as a flag, {@code GUIDON_DELIVERY_TLS_CLIENT_CA} in
 * the environment.
 *
 * @param key words in lower case, joined by dots (a level of the file) and hyphens
 * @param valueName what the help shows after the flag
 * @param fallback used when no source sets it; {@code null} leaves it unset
 * @param secret never given on a command line, never printed; may be read from a file that {@code
 *     <key>-file} names
 * @param help one sentence
 */
public record Setting(
    String key, String valueName, @Nullable String fallback, boolean secret, String help) {
  static Setting of(String key, String valueName, @Nullable String fallback, String help) {
    return new Setting(key, valueName, fallback, /* secret= */ false, help);
  }

  static Setting secret(String key, String valueName, String help) {
    return new Setting(key, valueName, null, /* secret= */ true, help);
  }

  /** Where a secret's file is named. */
  Setting file() {
    return of(key + "-file", "FILE", null, help + " Read from this file.");
  }

  /** The first word of a key that has several. */
  String section() {
    return key.substring(0, Math.max(0, key.indexOf('.')));
  }

  public String flag() {
    return "--" + key.replace('.', '-');
  }

  public String variable() {
    return "GUIDON_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
