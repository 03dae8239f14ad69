package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimplePatternTest {
  private static final String[] PIECES = {
    "a",
    "b",
    "B",
    "k",
    ".",
    "\\.",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[B-b]",
    "[-a]",
    "[a-]",
    "\\d",
    "\\w",
    "\\s",
    "[\\d_]",
    "*",
    "+",
    "?",
    "|",
    "^",
    "$",
    "(",
    ")",
    "{2}",
    "@",
    " ",
    "-",
    "[^-b]",
    "[]a]",
    "\\b",
    "[[:alpha:]]",
    "(?i)"
  };

  /** Whatever is taken for simple is found where RE2 finds it. */
  @Test
  void simplePatternsAreFoundWhereRe2FindsThem() {
    Random random = new Random(1);
    int simple = 0;
    int found = 0;
    for (int i = 0; i < 60_000; i++) {
      StringBuilder pattern = new StringBuilder();
      for (int n = random.nextInt(7); n >= 0; n--) {
        pattern.append(PIECES[random.nextInt(n == 0 ? PIECES.length : 24)]);
      }
      boolean ignoreCase = random.nextInt(3) == 0;
      Pattern re2;
      try {
        re2 = Pattern.compile(pattern.toString(), ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
      } catch (PatternSyntaxException e) {
        continue;
      }
      SimplePattern ours = SimplePattern.of(pattern.toString(), ignoreCase);
      for (int t = 0; ours != null && t < 6; t++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
          text.append("abABkc-_1.@ \n^$|]\\".charAt(random.nextInt(18)));
        }
        boolean isFound = re2.matcher(text.toString()).find();

        assertThat(ours.isIn(text.toString()))
            .as("pattern <%s>, without case %s, text <%s>", pattern, ignoreCase, text)
            .isEqualTo(isFound);
        found += isFound ? 1 : 0;
      }
      simple += ours == null ? 0 : 1;
    }
    assertThat(simple).isGreaterThan(10_000);
    assertThat(found).isGreaterThan(10_000);
  }

  @Test
  void whatPeopleWriteIsSimple() {
    for (String pattern :
        new String[] {
          "^.*@example\\.com$",
          "beta",
          "^v2\\.",
          "\\.(org)?$",
          "[a-z0-9._-]+@acme.com",
          "^(a|b)$",
          "^admin|^root"
        }) {
      boolean hasGroup = pattern.indexOf('(') >= 0;
      assertThat(SimplePattern.of(pattern, false) == null).as(pattern).isEqualTo(hasGroup);
    }
    assertThat(SimplePattern.reads("ASCII")).isTrue();
    assertThat(SimplePattern.reads("\u212A")).isFalse();
  }
}
