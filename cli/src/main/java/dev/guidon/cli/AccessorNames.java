package dev.guidon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Names in code for keys of flags: words from whatever stands between letters and digits. */
final class AccessorNames {
  private AccessorNames() {}

  /** {@code new-checkout.v2} is {@code newCheckoutV2}. */
  static String camel(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : words(key)) {
      name.append(
          name.isEmpty()
              ? Character.toLowerCase(word.charAt(0)) + word.substring(1)
              : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return led(name.toString(), "flag");
  }

  /** {@code new-checkout.v2} is {@code NEW_CHECKOUT_V2}. */
  static String constant(String key) {
    String name =
        String.join("_", words(key))
            .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .toUpperCase(Locale.ROOT);
    return led(name, "FLAG_");
  }

  private static String led(String name, String lead) {
    if (name.isEmpty()) {
      return "";
    }
    return Character.isDigit(name.charAt(0)) ? lead + name : name;
  }

  private static List<String> words(String key) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i <= key.length(); i++) {
      char c = i < key.length() ? key.charAt(i) : ' ';
      boolean belongs = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (belongs) {
        word.append(c);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    return words;
  }

  /** What is added to a method's name for the one that tells more. */
  static final String DETAILS = "Details";

  /** A flag with the names of its method and its constant. */
  record Named(ManifestFlags.Flag flag, String method, String constant) {}

  /**
   * @param reserved words of the language, which get an underscore
   */
  static List<Named> of(ManifestFlags flags, Set<String> reserved) {
    List<String> methods = of(flags, AccessorNames::camel, DETAILS, reserved);
    List<String> constants = of(flags, AccessorNames::constant, "", Set.of());
    List<Named> named = new ArrayList<>();
    for (int i = 0; i < methods.size(); i++) {
      named.add(new Named(flags.flags().get(i), methods.get(i), constants.get(i)));
    }
    return named;
  }

  /**
   * Names of flags, in their order. Two keys with one name, and a key without any letter or digit,
   * are refused: whichever got the name, the other's callers would read the wrong flag.
   */
  private static List<String> of(
      ManifestFlags flags, UnaryOperator<String> naming, String second, Set<String> reserved) {
    List<String> names = new ArrayList<>();
    Map<String, String> keys = new TreeMap<>();
    for (ManifestFlags.Flag flag : flags.flags()) {
      String plain = naming.apply(flag.key());
      String name = reserved.contains(plain) ? plain + "_" : plain;
      @Nullable String other = keys.put(name, flag.key());
      if (other == null && !second.isEmpty()) {
        other = keys.put(name + second, flag.key());
      }
      if (name.isEmpty() || other != null) {
        throw new CliException(
            ExitCode.USAGE,
            "name-collision",
            "flag \""
                + Table.clean(flag.key())
                + "\": "
                + (name.isEmpty()
                    ? "no letter or digit to make a name of"
                    : "the name "
                        + name
                        + " (or one made of it) is that of flag \""
                        + Table.clean(other)
                        + "\" too"),
            "Leave one of them out with --exclude.");
      }
      names.add(name);
    }
    return names;
  }
}
