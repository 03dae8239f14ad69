package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void semanticVersionsOrderAsTheirStandardSays() {
    List<String> ordered =
        List.of(
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "v1.0.1",
            "1.2",
            "2",
            "10.0.0");

    for (int i = 0; i + 1 < ordered.size(); i++) {
      assertThat(version(ordered.get(i))).isLessThan(version(ordered.get(i + 1)));
    }
    assertThat(version("1.2.3+build.7").compareTo(version("1.2.3+other"))).isZero();
  }

  @Test
  void whatIsNoVersionIsNone() {
    for (String text :
        List.of(
            "",
            "1.2.3.4",
            "01.2.3",
            "1.2.3-",
            "1.2.3-01",
            "a",
            "1..2",
            "1.2.x",
            "-1",
            "1.2.3+",
            "99999999999999999999")) {
      assertThat(SemanticVersion.parse(text)).as(text).isNull();
    }
  }

  @Test
  void addressesAreInsideTheirRanges() {
    assertThat(contains("10.0.0.0/8", "10.255.0.1")).isTrue();
    assertThat(contains("10.0.0.0/8", "11.0.0.1")).isFalse();
    assertThat(contains("0.0.0.0/0", "255.1.2.3")).isTrue();
    assertThat(contains("0.0.0.0/0", "2001:db8::1")).isFalse();
    assertThat(contains("2001:db8::/32", "2001:db8:ffff::1")).isTrue();
    assertThat(contains("2001:db8::/32", "2001:db9::")).isFalse();
    assertThat(contains("10.0.0.0/8", "::ffff:10.1.2.3")).isTrue();
    assertThat(contains("192.0.2.7", "192.0.2.7")).isTrue();
    assertThat(contains("::1/128", "::1")).isTrue();
  }

  @Test
  void whatIsNoRangeIsNone() {
    for (String text :
        List.of(
            "",
            "10.0.0",
            "10.0.0.0/33",
            "256.1.1.1",
            "01.2.3.4",
            "::1::2",
            "1:2:3:4:5:6:7",
            "fe80::/129",
            "10.0.0.0/",
            "host",
            ":1",
            "1:",
            "g::")) {
      assertThat(Cidr.parse(text)).as(text).isNull();
    }
  }

  @Test
  void instantsReadAndWriteToTheMicrosecond() {
    assertThat(Instants.parse("1970-01-01T00:00:01.000002Z")).isEqualTo(1_000_002L);
    assertThat(Instants.parse("2026-11-22T20:00:00+02:00"))
        .isEqualTo(Instants.parse("2026-11-22T18:00:00Z"));
    assertThat(Instants.text(1_000_002L)).isEqualTo("1970-01-01T00:00:01.000002Z");
    assertThat(Instants.parse(Instants.text(-1))).isEqualTo(-1);
    for (String text :
        List.of("", "yesterday", "2026-11-22", "2026-11-22T18:00:00", "2026-13-01T00:00:00Z")) {
      assertThat(Instants.parse(text)).as(text).isNull();
    }
  }

  @Test
  void onlyWholeRfc3339TextIsAnInstant() {
    assertThat(Instants.parse("2026-11-22t18:00:00.1234567z"))
        .isEqualTo(Instants.parse("2026-11-22T18:00:00.123456Z"));
    assertThat(Instants.parse("2026-01-01T00:00:00-00:00"))
        .isEqualTo(Instants.parse("2026-01-01T23:59:00+23:59"));
    assertThat(Instants.parse("0001-01-01T00:00:00Z")).isEqualTo(-62_135_596_800_000_000L);
    for (String text :
        List.of(
            "2026-01-01T00:00+01:00",
            "2026-01-01T00:00:00+01:00:30",
            "2026-01-01T00:00:00.Z",
            "+10000-01-01T00:00:00+18:00",
            "2026-01-01T00:00:60Z",
            "2026-01-01T24:00:00Z",
            "2025-02-29T00:00:00Z",
            "2026-01-01T00:00:00+24:00",
            "0000-12-31T23:59:59Z",
            "2026-01-01T00:00:00+0100")) {
      assertThat(Instants.parse(text)).as(text).isNull();
    }
  }

  @Test
  void numbersOfVersionsGoAsFarAsLongs() {
    assertThat(version("9223372036854775807.0.1"))
        .isGreaterThan(version("9223372036854775807.0.0"));
    assertThat(SemanticVersion.parse("9223372036854775808.0.0")).isNull();
  }

  @Test
  void tokensAndPositionsAreOrderedByEraThenRevision() {
    Token token = Token.parse("shop/prod@1.1000");

    assertThat(token.isReachedBy(1, 1000)).isTrue();
    assertThat(token.isReachedBy(2, 900)).isTrue();
    assertThat(token.isReachedBy(1, 999)).isFalse();
    assertThat(Position.parse("abc/1.1000").isBefore(Position.parse("abc/2.901"))).isTrue();
    assertThat(Position.parse("abc/1.1000").isBefore(Position.parse("xyz/2.901"))).isFalse();
    assertThat(Token.parse(token.text())).isEqualTo(token);
    for (String text : List.of("", "shop", "shop@1", "shop@a.b", "Shop/prod@1.1", "@1.1")) {
      assertThatThrownBy(() -> Token.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void pinsReadBackTheSameAndRefuseWhatBaggageCannotCarry() {
    Pin pin = new Pin(2, 4812, "eu.west-1", 1_795_370_400_000_000L);

    assertThat(Pin.parse(pin.text())).isEqualTo(pin);
    assertThat(Pin.parse("1.0.0.*").view()).isEqualTo(View.LIVE_ONLY);
    for (String text :
        List.of("", "1.2.3", "0.1.2.x", "1.-2.3.x", "1.2.3.", "1.2.3.a b", "1.2.3.ü", "a.b.c.d")) {
      assertThatThrownBy(() -> Pin.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static SemanticVersion version(String text) {
    SemanticVersion version = SemanticVersion.parse(text);
    assertThat(version).as(text).isNotNull();
    return version;
  }

  private static boolean contains(String range, String address) {
    return Cidr.parse(range).contains(Cidr.Address.parse(address));
  }
}
