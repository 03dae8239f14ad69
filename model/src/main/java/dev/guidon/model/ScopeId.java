package dev.guidon.model;

import java.util.regex.Pattern;

/**
 * The unit that has one log. Written {@code system}, {@code shop} (a project's catalog) or {@code
 * shop/prod} (an environment) in URLs, tokens, files and messages.
 */
public sealed interface ScopeId permits ScopeId.SystemScope, ScopeId.Catalog, ScopeId.Environment {
  String EXPECTED_KEY =
      "1 to 64 of a-z, 0-9, '.', '_', '-', starting with a letter or digit, not \"system\"";

  /** Projects, their environments, people's and services' credentials. */
  record SystemScope() implements ScopeId {
    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * What holds for a flag in every environment of a project: key, type, description, owner, tags.
   */
  record Catalog(String project) implements ScopeId {
    public Catalog {
      requireKey("project", project);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** Everything a decision needs. */
  record Environment(String project, String environment) implements ScopeId {
    public Environment {
      requireKey("project", project);
      requireKey("environment", environment);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  static ScopeId system() {
    return new SystemScope();
  }

  static ScopeId of(String project, String environment) {
    return new Environment(project, environment);
  }

  /** Reads the written form. */
  static ScopeId parse(String text) {
    if (text.equals("system")) {
      return system();
    }
    int slash = text.indexOf('/');
    return slash < 0
        ? new Catalog(text)
        : new Environment(text.substring(0, slash), text.substring(slash + 1));
  }

  default String text() {
    if (this instanceof Environment e) {
      return e.project() + "/" + e.environment();
    }
    return this instanceof Catalog c ? c.project() : "system";
  }

  /** True for what may name a project or an environment. */
  static boolean isKey(String key) {
    return KeyPattern.KEY.matcher(key).matches() && !key.equals("system");
  }

  private static void requireKey(String what, String key) {
    if (!isKey(key)) {
      throw new IllegalArgumentException(
          what + " key: " + Texts.shown(key) + " (expected: " + EXPECTED_KEY + ")");
    }
  }

  /** Interfaces cannot hold private constants. */
  final class KeyPattern {
    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    private KeyPattern() {}
  }
}
