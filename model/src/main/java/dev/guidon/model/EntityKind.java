package dev.guidon.model;

/**
 * What an entity is. The set is open: a follower keeps and forwards kinds that it does not know.
 *
 * @param name as in the log, in frames and in URLs
 */
public record EntityKind(String name) implements Comparable<EntityKind> {
  public static final EntityKind PROJECT = new EntityKind("project");
  public static final EntityKind ENVIRONMENT = new EntityKind("environment");

  /** A person's, service's, administrator's or edge's way in; lives in the system scope. */
  public static final EntityKind CREDENTIAL = new EntityKind("credential");

  /** A flag as the catalog knows it: type, description, owner, tags. */
  public static final EntityKind DECLARATION = new EntityKind("declaration");

  public static final EntityKind FLAG = new EntityKind("flag");
  public static final EntityKind SEGMENT = new EntityKind("segment");
  public static final EntityKind LAYER = new EntityKind("layer");
  public static final EntityKind POLICY = new EntityKind("policy");
  public static final EntityKind EXPERIMENT = new EntityKind("experiment");

  /**
   * The key of an SDK or OFREP client; lives in its environment so that cut-off edges can check it.
   */
  public static final EntityKind SDK_KEY = new EntityKind("sdk-key");

  public static final EntityKind RELEASE = new EntityKind("release");
  public static final EntityKind OVERRIDE = new EntityKind("override");

  private static final EntityKind[] OF_VIEWS = {FLAG, SEGMENT, LAYER, POLICY};

  /** The kind of this name, without a new object for those that come by the thousand. */
  public static EntityKind named(String name) {
    for (EntityKind kind : OF_VIEWS) {
      if (kind.name.equals(name)) {
        return kind;
      }
    }
    return new EntityKind(name);
  }

  public EntityKind {
    if (name.isEmpty() || name.length() > 40 || !name.chars().allMatch(EntityKind::isNameChar)) {
      throw new IllegalArgumentException(
          "kind: " + Texts.shown(name) + " (expected: 1 to 40 lower-case letters or '-')");
    }
  }

  private static boolean isNameChar(int c) {
    return (c >= 'a' && c <= 'z') || c == '-';
  }

  /**
   * How far entities of this kind travel. Unknown kinds stop at the edges: passing on too little
   * can be mended.
   */
  public Audience audience() {
    if (equals(FLAG) || equals(SEGMENT) || equals(LAYER) || equals(POLICY)) {
      return Audience.SDK;
    }
    if (equals(PROJECT) || equals(ENVIRONMENT) || equals(CREDENTIAL) || equals(DECLARATION)) {
      return Audience.CONTROL;
    }
    return Audience.EDGE;
  }

  @Override
  public int compareTo(EntityKind other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
