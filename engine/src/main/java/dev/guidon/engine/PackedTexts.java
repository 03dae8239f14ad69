package dev.guidon.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some texts in the memory of one; each is cut out when it is asked for. */
final class PackedTexts {
  private static final int[] NONE = {};

  private final String texts;

  /** Where each text ends. One of the two, as the texts are long. */
  private final char @Nullable [] near;

  private final int[] far;

  private PackedTexts(String texts, int[] ends) {
    boolean isFar = texts.length() > Character.MAX_VALUE;
    this.texts = texts;
    this.near = isFar ? null : new char[ends.length];
    this.far = isFar ? ends : NONE;
    for (int i = 0; near != null && i < ends.length; i++) {
      near[i] = (char) ends[i];
    }
  }

  static PackedTexts of(List<String> texts) {
    StringBuilder packed = new StringBuilder();
    int[] ends = new int[texts.size()];
    for (int i = 0; i < ends.length; i++) {
      packed.append(texts.get(i));
      ends[i] = packed.length();
    }
    return new PackedTexts(packed.toString(), ends);
  }

  String get(int i) {
    return texts.substring(i == 0 ? 0 : end(i - 1), end(i));
  }

  private int end(int i) {
    return near == null ? far[i] : near[i];
  }
}
