package dev.guidon.model.json;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random trees with the characters and numbers that are easiest to get wrong. */
final class RandomJson {

  private static final int[] CODE_POINTS = {
    0, '\t', '\n', 0x1f, ' ', '"', '/', '0', '\\', 'a', '~', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff,
    0xe000, 0xfffd, 0xffff, 0x10000, 0x1f600, 0x10ffff
  };

  private RandomJson() {}

  static Json tree(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 8)) {
      case 0 -> Json.NULL;
      case 1 -> Json.of(random.nextBoolean());
      case 2 -> Json.of(random.nextLong() >> 11);
      case 3 -> Json.of(finite(random));
      case 4 -> Json.of(text(random));
      case 5 -> new Json.Arr(children(random, depth).toList());
      default -> {
        Map<String, Json> members = new LinkedHashMap<>();
        children(random, depth).forEach(child -> members.put(text(random), child));
        yield new Json.Obj(members);
      }
    };
  }

  private static Stream<Json> children(Random random, int depth) {
    return IntStream.range(0, random.nextInt(5)).mapToObj(i -> tree(random, depth - 1));
  }

  private static double finite(Random random) {
    double value = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(value) ? value : random.nextGaussian();
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
    }
    return text.toString();
  }
}
