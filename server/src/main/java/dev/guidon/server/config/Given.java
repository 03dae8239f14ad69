package dev.guidon.server.config;

import org.jspecify.annotations.Nullable;

/**
 * A setting's value with the source that won.
 *
 * @param value as written there; {@code null} when no source sets it and it has no default
 * @param source for people: {@code flag --data}, {@code environment GUIDON_DATA}, {@code file
 *     guidon.yaml, line 3}, {@code default}
 */
public record Given(Setting setting, @Nullable String value, String source) {
  /** What may be printed: a secret says only how long it is. */
  public String shown() {
    if (value == null) {
      return "";
    }
    if (setting.equals(Settings.LOG_URL)) {
      // People put passwords there, in either of two places.
      return value
          .replaceFirst("\\?.*", "?(not shown)")
          .replaceFirst("//[^/@]*@", "//(not shown)@");
    }
    return setting.secret() ? "(secret, " + value.length() + " characters)" : value;
  }
}
