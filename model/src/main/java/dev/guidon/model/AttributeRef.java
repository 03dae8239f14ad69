package dev.guidon.model;

/**
 * Names an attribute of a context.
 *
 * @param kind which of the context's kinds; {@value #USER} unless said otherwise
 * @param name {@code targetingKey}, an attribute's name, a path into nested attributes when it
 *     starts with '/' (a JSON pointer), or the built-in {@value #REGION} or {@value #NOW}
 */
public record AttributeRef(String kind, String name) {
  public static final String USER = "user";
  public static final String TARGETING_KEY = "targetingKey";

  /** The region whose view is served. */
  public static final String REGION = "$region";

  /** The instant of the evaluation. */
  public static final String NOW = "$now";

  public AttributeRef {
    if (!Texts.isKey(kind, 64)) {
      throw new IllegalArgumentException(
          "context kind: " + Texts.shown(kind) + " (expected: 1 to 64 characters)");
    }
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "attribute: "
              + Texts.shown(name)
              + " (expected: 1 to 256 characters; of the names with '$' only "
              + REGION
              + " and "
              + NOW
              + ")");
    }
  }

  public static final AttributeRef UNIT = new AttributeRef(USER, TARGETING_KEY);

  public static AttributeRef user(String name) {
    return new AttributeRef(USER, name);
  }

  public static boolean isName(String name) {
    return Texts.isKey(name, 256)
        && (name.charAt(0) != '$' || name.equals(REGION) || name.equals(NOW));
  }

  public boolean isBuiltIn() {
    return name.charAt(0) == '$';
  }

  public boolean isPath() {
    return name.charAt(0) == '/';
  }
}
