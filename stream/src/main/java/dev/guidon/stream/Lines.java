package dev.guidon.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of a body; an empty one is skipped, a missing line feed at the end is forgiven. */
final class Lines {
  private Lines() {}

  static List<byte[]> of(byte[] body) {
    List<byte[]> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        if (i > start) {
          lines.add(Arrays.copyOfRange(body, start, i));
        }
        start = i + 1;
      }
    }
    return lines;
  }
}
