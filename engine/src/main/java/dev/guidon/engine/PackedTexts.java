package dev.guidon.engine;

import java.util.List;

/** Some texts in the memory of one; each is cut out when it is asked for. */
final class PackedTexts {
  private final String texts;
  private final int[] ends;

  private PackedTexts(String texts, int[] ends) {
    this.texts = texts;
    this.ends = ends;
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
    return texts.substring(i == 0 ? 0 : ends[i - 1], ends[i]);
  }
}
