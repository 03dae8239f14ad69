package dev.guidon.model;

/** Names an entity within its scope. Written {@code kind:key}. Ordered by kind, then key. */
public record EntityId(EntityKind kind, String key) implements Comparable<EntityId> {
  public static final int KEY_CHARS_MAX = 256;

  public EntityId {
    if (!Texts.isKey(key, KEY_CHARS_MAX)) {
      throw new IllegalArgumentException(
          kind + " key: " + Texts.shown(key) + " (expected: " + FlagKey.EXPECTED + ")");
    }
  }

  public static EntityId flag(String key) {
    return new EntityId(EntityKind.FLAG, key);
  }

  public static EntityId segment(String key) {
    return new EntityId(EntityKind.SEGMENT, key);
  }

  public static EntityId layer(String key) {
    return new EntityId(EntityKind.LAYER, key);
  }

  public static EntityId parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("entity: " + Texts.shown(text) + " (expected: kind:key)");
    }
    return new EntityId(new EntityKind(text.substring(0, colon)), text.substring(colon + 1));
  }

  @Override
  public int compareTo(EntityId other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : key.compareTo(other.key);
  }

  public String text() {
    return kind.name() + ":" + key;
  }

  @Override
  public String toString() {
    return text();
  }
}
