package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class Murmur3Test {
  @Test
  void textHashesAsItsUtf8Bytes() {
    long seed = 11;
    var random = new Random(seed);

    for (int i = 0; i < 50_000; i++) {
      String salt = text(random);
      String unit = text(random);
      byte[] bytes = (salt + unit).getBytes(StandardCharsets.UTF_8);
      assertThat(Murmur3.ofText(salt, unit))
          .as("seed %d: %s|%s", seed, salt, unit)
          .isEqualTo(Murmur3.ofBytes(bytes, 0));
    }
  }

  @Test
  void aLoneSurrogateCountsAsTheReplacementCharacter() {
    assertThat(Murmur3.ofText("", "a\uD800b")).isEqualTo(Murmur3.ofText("", "a\uFFFDb"));
    assertThat(Murmur3.ofText("\uD83D", "\uDE00"))
        .as("a pair is not made across salt and unit")
        .isEqualTo(Murmur3.ofText("\uFFFD", "\uFFFD"));
  }

  @Test
  void knownVectors() {
    assertThat(Murmur3.ofText("", "")).isZero();
    assertThat(Murmur3.ofBytes(new byte[0], 1)).isEqualTo(0x514E28B7);
    assertThat(Murmur3.ofBytes("Hello, world!".getBytes(StandardCharsets.UTF_8), 1234))
        .isEqualTo(0xfaf6cdb3);
    assertThat(Murmur3.ofBytes("aaaa".getBytes(StandardCharsets.UTF_8), 0x9747b28c))
        .isEqualTo(0x5A97808A);
  }

  @Test
  void thousandsOfPublishedRowsAgree() throws Exception {
    String suites = System.getProperty("guidon.suites");
    Assumptions.assumeTrue(
        suites != null, "guidon.suites is not set: the published Murmur3 rows are not here");
    int rows = 0;

    for (String line :
        Files.readAllLines(Path.of(suites, "split", "murmur3-sample-data-v2-first6000.csv"))) {
      String[] cells = line.split(",", -1);
      if (cells.length >= 3 && cells[0].matches("-?\\d+")) {
        long hash =
            Murmur3.ofBytes(
                    cells[1].getBytes(StandardCharsets.UTF_8), (int) Long.parseLong(cells[0]))
                & 0xFFFFFFFFL;
        assertThat(hash).as(line).isEqualTo(Long.parseLong(cells[2]));
        rows++;
      }
    }

    assertThat(rows).isGreaterThan(5_900);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 'a' + random.nextInt(26);
            case 1 -> 0x80 + random.nextInt(0x700);
            case 2 -> 0x4E00 + random.nextInt(0x1000);
            default -> 0x1F600 + random.nextInt(60);
          });
    }
    return text.toString();
  }
}
