package dev.guidon.sdk;

import dev.guidon.model.Texts;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a client was told, complete and checked.
 *
 * @param urls of edges that serve the same environment, in the order in which they are tried; at
 *     least one
 * @param cacheDirectory of this client alone, or {@code null}: nothing is kept
 * @param name of the application, for the server's lists
 */
record Settings(
    List<URI> urls,
    String key,
    @Nullable String region,
    @Nullable Path cacheDirectory,
    String name,
    Duration initTimeout,
    Duration grace,
    Duration reportEvery,
    List<String> privateAttributes,
    boolean samples,
    Tls tls,
    TimeSource time,
    RandomGenerator randomness) {

  /**
   * Fills what a builder left open from the environment, and refuses what is wrong, all of it at
   * once.
   */
  static final class Reader {
    private final UnaryOperator<@Nullable String> environment;
    private final List<String> problems = new ArrayList<>();

    Reader(UnaryOperator<@Nullable String> environment) {
      this.environment = environment;
    }

    /** What was set in code, else the variable, else {@code null}. */
    @Nullable String text(@Nullable String set, String variable) {
      if (set != null) {
        return set;
      }
      String found = environment.apply(variable);
      return found == null || found.isBlank() ? null : found.trim();
    }

    String key(@Nullable String set) {
      String key = text(set, "GUIDON_KEY");
      if (key == null) {
        problems.add("key: absent (expected: an SDK key, by key(…) or GUIDON_KEY)");
        return "";
      }
      if (!isPrintable(key)) {
        // The key itself must not get into logs.
        problems.add(
            "key: "
                + key.length()
                + " characters, some not printable ASCII (expected: an SDK key as it was given)");
      }
      return key;
    }

    @Nullable String region(@Nullable String set) {
      String region = text(set, "GUIDON_REGION");
      if (region != null && !isPrintable(region)) {
        problems.add("region: " + Texts.shown(region) + " (expected: printable ASCII)");
      }
      return region;
    }

    @Nullable Path cacheDirectory(@Nullable Path set) {
      String found = set == null ? text(null, "GUIDON_CACHE_DIR") : null;
      try {
        return found == null ? set : Path.of(found);
      } catch (InvalidPathException e) {
        problems.add(
            "cache directory: " + Texts.shown(found) + " (expected: a path): " + e.getMessage());
        return null;
      }
    }

    List<URI> urls(List<String> set) {
      String found = set.isEmpty() ? text(null, "GUIDON_URL") : null;
      List<URI> urls = new ArrayList<>();
      for (String text : found == null ? set : List.of(found.split(","))) {
        URI url = url(text.trim());
        if (url != null) {
          urls.add(url);
        }
      }
      if (urls.isEmpty() && problems.isEmpty()) {
        problems.add("url: absent (expected: at least one, by url(…) or GUIDON_URL)");
      }
      return urls;
    }

    private @Nullable URI url(String text) {
      try {
        URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (web
            && uri.getHost() != null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null) {
          return uri;
        }
      } catch (URISyntaxException e) {
        problems.add(
            "url: "
                + Texts.shown(text)
                + " (expected: http or https and a host): "
                + e.getReason());
        return null;
      }
      problems.add(
          "url: "
              + Texts.shown(text)
              + " (expected: http or https and a host, without query or fragment)");
      return null;
    }

    void throwIfAny() {
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "Guidon client cannot start: " + String.join("; ", problems));
      }
    }

    private static boolean isPrintable(String text) {
      return !text.isEmpty() && text.chars().allMatch(c -> c > 32 && c < 127);
    }
  }
}
