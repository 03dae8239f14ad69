package dev.guidon.server.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fenced block of a page.
 *
 * @param language the first word after the fence, such as {@code sh}; may be empty
 * @param words what follows it: {@code run=serve} as a key and value, {@code output} as a key with
 *     an empty value
 * @param line of the opening fence, from 1
 */
record Fence(String language, Map<String, String> words, int line, List<String> lines) {
  Fence {
    words = Map.copyOf(words);
    lines = List.copyOf(lines);
  }

  String text() {
    return String.join("\n", lines);
  }

  /** What the block says about being run; empty when nothing. */
  String run() {
    return words.getOrDefault("run", "");
  }

  static List<Fence> of(String page) {
    List<Fence> fences = new ArrayList<>();
    List<String> lines = page.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("```")) {
        continue;
      }
      String[] info = lines.get(i).substring(3).strip().split("\\s+", -1);
      List<String> inside = new ArrayList<>();
      int opened = i + 1;
      for (i++; i < lines.size() && !lines.get(i).startsWith("```"); i++) {
        inside.add(lines.get(i));
      }
      fences.add(new Fence(info[0], words(info), opened, inside));
    }
    return fences;
  }

  private static Map<String, String> words(String[] info) {
    Map<String, String> words = new TreeMap<>();
    for (int i = 1; i < info.length; i++) {
      int equals = info[i].indexOf('=');
      words.put(
          equals < 0 ? info[i] : info[i].substring(0, equals),
          equals < 0 ? "" : info[i].substring(equals + 1));
    }
    return words;
  }
}
