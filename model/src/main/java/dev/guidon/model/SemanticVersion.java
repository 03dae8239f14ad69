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
  private static final String NUMBER_MAX = Long.toString(Long.MAX_VALUE);

  public SemanticVersion {
    prerelease = List.copyOf(prerelease);
  }

  /** What {@link #core} says of a text that is no version. */
  public static final long NONE = -1;

  /** What {@link #core} says of a version with a number that it has no room for. */
  public static final long WIDE = -2;

  private static final int CORE_BITS = 21;
  private static final long CORE_PART_MAX = (1L << CORE_BITS) - 1;

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
      if (!isNumber(number) || zeroed || !fitsLong(number)) {
        return null;
      }
      parts[i] = Long.parseLong(number);
    }
    return new SemanticVersion(parts[0], parts[1], parts[2], prerelease);
  }

  /** Of digits without a leading zero: as many as text, so that texts order as the numbers do. */
  private static boolean fitsLong(String digits) {
    int spare = NUMBER_MAX.length() - digits.length();
    return spare > 0 || (spare == 0 && digits.compareTo(NUMBER_MAX) <= 0);
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

  /**
   * Major, minor and patch of a text in one number that orders as they do, {@link #NONE} or {@link
   * #WIDE}. Accepts what {@link #parse} accepts, and makes no garbage.
   */
  public static long core(String text) {
    int length = text.length();
    if (length == 0 || length > 256) {
      return NONE;
    }
    int i = start(text);
    long core = 0;
    boolean isWide = false;
    for (int parts = 1; ; parts++) {
      int from = i;
      long number = 0;
      while (i < length && isDigit(text.charAt(i))) {
        number = number * 10 + (text.charAt(i++) - '0');
      }
      int digits = i - from;
      boolean isLarge = digits > 19 || number < 0; // beyond a long; 19 digits wrap once at most
      if (digits == 0 || isLarge || (digits > 1 && text.charAt(from) == '0') || parts > 3) {
        return NONE;
      }
      isWide |= number > CORE_PART_MAX;
      core = core << CORE_BITS | number;
      if (i == length || text.charAt(i) != '.') {
        boolean isWhole = i == length || isTail(text, i);
        return !isWhole ? NONE : isWide ? WIDE : core << CORE_BITS * (3 - parts);
      }
      i++;
    }
  }

  /** Whether a version, written as text, has a pre-release. */
  public static boolean hasPrerelease(String version) {
    int dash = version.indexOf('-');
    int plus = version.indexOf('+');
    return dash >= 0 && (plus < 0 || dash < plus);
  }

  /** -1, 0 or 1: where a version, written as text, stands to a core that is not wide. */
  public static int compare(String version, long core) {
    return compare(
        version,
        core >>> 2 * CORE_BITS,
        core >>> CORE_BITS & CORE_PART_MAX,
        core & CORE_PART_MAX,
        List.of());
  }

  /** -1, 0 or 1: where a version, written as text, stands to another. Makes no garbage. */
  public static int compare(String version, SemanticVersion other) {
    return compare(version, other.major, other.minor, other.patch, other.prerelease);
  }

  private static int compare(
      String text, long major, long minor, long patch, List<String> prerelease) {
    int length = text.length();
    int i = start(text);
    for (int part = 0; part < 3; part++) {
      long number = 0;
      while (i < length && isDigit(text.charAt(i))) {
        number = number * 10 + (text.charAt(i++) - '0');
      }
      int byNumber = Long.compare(number, part == 0 ? major : part == 1 ? minor : patch);
      if (byNumber != 0) {
        return byNumber;
      }
      if (i < length && text.charAt(i) == '.') {
        i++;
      }
    }
    boolean hasPrerelease = i < length && text.charAt(i) == '-';
    if (!hasPrerelease || prerelease.isEmpty()) {
      return Boolean.compare(!hasPrerelease, prerelease.isEmpty());
    }
    return comparePrerelease(text, i + 1, prerelease);
  }

  private static int comparePrerelease(String text, int start, List<String> prerelease) {
    int length = text.length();
    int from = start;
    for (int k = 0; k < prerelease.size(); k++) {
      int to = from;
      while (to < length && text.charAt(to) != '.' && text.charAt(to) != '+') {
        to++;
      }
      int byPart = compareIdentifiers(text, from, to, prerelease.get(k));
      if (byPart != 0) {
        return byPart;
      }
      if (to == length || text.charAt(to) == '+') {
        return Integer.compare(k + 1, prerelease.size());
      }
      from = to + 1;
    }
    return 1;
  }

  private static int compareIdentifiers(String text, int from, int to, String other) {
    boolean isNumber = true;
    for (int i = from; i < to; i++) {
      isNumber &= isDigit(text.charAt(i));
    }
    boolean otherIsNumber = true;
    for (int i = 0; i < other.length(); i++) {
      otherIsNumber &= isDigit(other.charAt(i));
    }
    if (isNumber != otherIsNumber) {
      return isNumber ? -1 : 1;
    }
    int byLength = Integer.compare(to - from, other.length());
    if (isNumber && byLength != 0) {
      return byLength;
    }
    for (int i = 0; i < Math.min(to - from, other.length()); i++) {
      int byChar = Character.compare(text.charAt(from + i), other.charAt(i));
      if (byChar != 0) {
        return byChar < 0 ? -1 : 1;
      }
    }
    return byLength;
  }

  /** Whether pre-release and build metadata, from their sign on, are as they should be. */
  private static boolean isTail(String text, int sign) {
    if (text.charAt(sign) != '-' && text.charAt(sign) != '+') {
      return false;
    }
    boolean isPrerelease = text.charAt(sign) == '-';
    boolean isNumber = true;
    int from = sign + 1;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' || (c == '+' && isPrerelease)) {
        if (!isIdentifier(text, from, i, isPrerelease && isNumber)) {
          return false;
        }
        isPrerelease &= c == '.';
        isNumber = true;
        from = i + 1;
      } else if (!isIdentifierChar(c)) {
        return false;
      } else {
        isNumber &= isDigit(c);
      }
    }
    return isIdentifier(text, from, text.length(), isPrerelease && isNumber);
  }

  private static boolean isIdentifier(String text, int from, int to, boolean isNumber) {
    return to > from && !(isNumber && to - from > 1 && text.charAt(from) == '0');
  }

  private static int start(String text) {
    return text.charAt(0) == 'v' || text.charAt(0) == 'V' ? 1 : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
