package dev.guidon.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A semantic version as people write them: Semantic Versioning 2.0.0, and beyond it a leading 'v'
 * and a missing minor or patch number (which count as 0). Build metadata is read and ignored.
 *
 * @param prerelease identifiers, empty for a release; numeric ones order as numbers and before the
 *     others
 */
public record SemanticVersion(long major, long minor, long patch, List<String> prerelease)
    implements Comparable<SemanticVersion> {
  public SemanticVersion {
    prerelease = List.copyOf(prerelease);
  }

  /** The version, or {@code null} when the text is none. */
  public static @Nullable SemanticVersion parse(String text) {
    int length = text.length();
    if (length == 0 || length > 256) {
      return null;
    }
    int start = text.charAt(0) == 'v' || text.charAt(0) == 'V' ? 1 : 0;
    int plus = text.indexOf('+');
    int coreEnd = plus < 0 ? length : plus;
    if (plus >= 0 && !areIdentifiers(text.substring(plus + 1), /* numericStrict= */ false)) {
      return null;
    }
    int dash = text.indexOf('-', start);
    List<String> prerelease = List.of();
    if (dash >= 0 && dash < coreEnd) {
      String tail = text.substring(dash + 1, coreEnd);
      if (!areIdentifiers(tail, /* numericStrict= */ true)) {
        return null;
      }
      prerelease = split(tail);
      coreEnd = dash;
    }
    List<String> numbers = split(text.substring(start, coreEnd));
    if (numbers.size() > 3) {
      return null;
    }
    long[] parts = new long[3];
    for (int i = 0; i < numbers.size(); i++) {
      String number = numbers.get(i);
      boolean zeroed = number.length() > 1 && number.charAt(0) == '0';
      if (!isNumber(number) || zeroed || number.length() > 18) {
        return null;
      }
      parts[i] = Long.parseLong(number);
    }
    return new SemanticVersion(parts[0], parts[1], parts[2], prerelease);
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>(3);
    int from = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
      parts.add(text.substring(from, dot));
      from = dot + 1;
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static boolean areIdentifiers(String text, boolean numericStrict) {
    for (String part : split(text)) {
      if (part.isEmpty() || !part.chars().allMatch(SemanticVersion::isIdentifierChar)) {
        return false;
      }
      if (numericStrict && part.length() > 1 && part.charAt(0) == '0' && isNumber(part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIdentifierChar(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public int compareTo(SemanticVersion other) {
    int byCore = Long.compare(major, other.major);
    byCore = byCore != 0 ? byCore : Long.compare(minor, other.minor);
    byCore = byCore != 0 ? byCore : Long.compare(patch, other.patch);
    if (byCore != 0) {
      return byCore;
    }
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
    }
    int shared = Math.min(prerelease.size(), other.prerelease.size());
    for (int i = 0; i < shared; i++) {
      int byPart = compareIdentifiers(prerelease.get(i), other.prerelease.get(i));
      if (byPart != 0) {
        return byPart;
      }
    }
    return Integer.compare(prerelease.size(), other.prerelease.size());
  }

  private static int compareIdentifiers(String a, String b) {
    boolean aIsNumber = isNumber(a);
    boolean bIsNumber = isNumber(b);
    if (aIsNumber && bIsNumber) {
      return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }
    return aIsNumber == bIsNumber ? a.compareTo(b) : aIsNumber ? -1 : 1;
  }
}
