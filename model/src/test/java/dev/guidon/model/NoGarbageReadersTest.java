package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The readers that make no garbage read exactly what those that make objects read. */
class NoGarbageReadersTest {
  private static final int TEXTS = 300_000;

  @Test
  void versionsAreTheSame() {
    Random random = new Random(1);
    SemanticVersion[] bounds = {
      version("1.2.3"),
      version("1.2.3-rc.1"),
      version("1.2.3-rc.1.x"),
      version("1.2"),
      version("3000000.1"),
      version("0.0.0-0"),
      version("1.0.0-10.a-b")
    };
    int versions = 0;
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random, "0123", ".-+v", "rcaxZ_é");
      text =
          random.nextInt(20) == 0
              ? "1."
                  + (random.nextBoolean()
                      ? "922337203685477580" + random.nextInt(10)
                      : "99999999999999999999".substring(random.nextInt(3)))
              : text;
      text =
          random.nextInt(4) == 0
              ? "1.2.3-rc." + text
              : random.nextInt(4) == 0 ? "3000000." + text : text;
      SemanticVersion parsed = SemanticVersion.parse(text);
      long core = SemanticVersion.core(text);

      assertThat(core == SemanticVersion.NONE).as(text).isEqualTo(parsed == null);
      if (parsed != null) {
        versions++;
        assertThat(SemanticVersion.hasPrerelease(text))
            .as(text)
            .isEqualTo(!parsed.prerelease().isEmpty());
        for (SemanticVersion bound : bounds) {
          assertThat(SemanticVersion.compare(text, bound))
              .as("%s against %s", text, bound)
              .isEqualTo(Integer.signum(parsed.compareTo(bound)));
        }
        if (core >= 0) {
          long other = SemanticVersion.core("1.2.3");
          assertThat(Long.compare(core, other))
              .isEqualTo(
                  Integer.signum(
                      new SemanticVersion(
                              parsed.major(), parsed.minor(), parsed.patch(), java.util.List.of())
                          .compareTo(bounds[0])));
        }
        assertThat(SemanticVersion.compare(text, SemanticVersion.core("1.2.3")))
            .isEqualTo(Integer.signum(parsed.compareTo(bounds[0])));
      }
    }
    assertThat(versions).isGreaterThan(TEXTS / 10);
  }

  private static SemanticVersion version(String text) {
    return java.util.Objects.requireNonNull(SemanticVersion.parse(text));
  }

  @Test
  void addressesAreTheSame() {
    Random random = new Random(2);
    int addresses = 0;
    for (int i = 0; i < TEXTS; i++) {
      String text =
          switch (random.nextInt(3)) {
            case 0 -> text(random, "0129", "...", "5");
            case 1 -> text(random, "0af", ":::", "1");
            default -> text(random, "0af", ":::", "1") + text(random, "012", "..", ":");
          };
      Cidr.@Nullable Address parsed = Cidr.Address.parse(text);

      assertThat(AddressText.isAddress(text)).as(text).isEqualTo(parsed != null);
      if (parsed != null) {
        addresses++;
        assertThat(AddressText.high(text)).as(text).isEqualTo(parsed.high());
        assertThat(AddressText.low(text)).as(text).isEqualTo(parsed.low());
      }
    }
    for (String text :
        new String[] {
          "::",
          "::1",
          "1::",
          "::ffff:1.2.3.4",
          "1:2:3:4:5:6:7:8",
          "1:2:3::8",
          "1:2:3:4:5:6:1.2.3.4",
          "1:2:3:4:5:6:7::",
          "10.0.0.1"
        }) {
      Cidr.Address parsed = java.util.Objects.requireNonNull(Cidr.Address.parse(text));
      assertThat(AddressText.isAddress(text)).as(text).isTrue();
      assertThat(new Cidr.Address(AddressText.high(text), AddressText.low(text)))
          .as(text)
          .isEqualTo(parsed);
    }
    assertThat(addresses).isGreaterThan(1000);
  }

  @Test
  void saltedHashesAreTheSame() {
    Random random = new Random(4);
    for (int i = 0; i < TEXTS; i++) {
      String salt = text(random, "abc", "é€", "\uD83D\uDE00");
      String unit =
          random.nextBoolean()
              ? "user-" + random.nextInt()
              : text(random, "xyz", "é€", "\uD83D\uDE00\uD800");
      long whole = random.nextLong() >>> random.nextInt(64);
      whole = random.nextBoolean() ? whole : -whole;
      Murmur3.Salted salted = Murmur3.Salted.of(salt);

      assertThat(salted.ofText(unit))
          .as("%s, %s", salt, unit)
          .isEqualTo(Murmur3.ofText(salt, unit));
      assertThat(salted.ofWhole(whole))
          .as("%s, %d", salt, whole)
          .isEqualTo(Murmur3.ofText(salt, Long.toString(whole)));
    }
    for (long whole :
        new long[] {
          0, -1, 10, Long.MAX_VALUE, Long.MIN_VALUE, 9_999_999_999_999_999L, 10_000_000_000_000_000L
        }) {
      assertThat(Murmur3.Salted.of("s").ofWhole(whole))
          .isEqualTo(Murmur3.ofText("s", Long.toString(whole)));
    }
  }

  private static String text(Random random, String often, String some, String rare) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(16); i >= 0; i--) {
      String from =
          switch (random.nextInt(16)) {
            case 0 -> rare;
            case 1, 2, 3, 4, 5, 6 -> some;
            default -> often;
          };
      text.append(from.charAt(random.nextInt(from.length())));
    }
    return text.toString();
  }
}
