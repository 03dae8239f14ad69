package dev.guidon.fuzz.targets;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Words of the formats, as bytes. */
final class Words {
  private Words() {}

  static List<byte[]> of(String... words) {
    return Arrays.stream(words).map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
