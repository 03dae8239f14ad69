package dev.guidon.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments of the form {@code --name value} and {@code --switch}. */
public final class Options {
  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> switches = new ArrayList<>();

  /**
   * @throws IllegalArgumentException for anything that is in neither list
   */
  public Options(List<String> arguments, List<String> names, List<String> switchNames) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (names.contains(argument) && i + 1 < arguments.size()) {
        values.put(argument, arguments.get(++i));
      } else if (switchNames.contains(argument)) {
        switches.add(argument);
      } else {
        throw new IllegalArgumentException(
            argument
                + " (expected: one of "
                + names
                + " with a value, or one of "
                + switchNames
                + ")");
      }
    }
  }

  public @Nullable String text(String name) {
    return values.get(name);
  }

  public int number(String name, int otherwise) {
    String text = values.get(name);
    return text == null ? otherwise : Integer.parseInt(text);
  }

  public boolean has(String name) {
    return switches.contains(name);
  }
}
