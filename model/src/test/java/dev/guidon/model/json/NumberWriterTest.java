package dev.guidon.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are written as ECMAScript writes them, whatever the JDK. */
class NumberWriterTest {

  private static final long SEED = 8785;

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
  })
  void tableOfRfc8785AppendixBHolds(String bits, String text) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(NumberWriter.text(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "5.684341886080802e-14, 5.684341886080802e-14",
    "2.2250738585072014E-308, 2.2250738585072014e-308",
    "2.225073858507201E-308, 2.225073858507201e-308",
    "2.0E-3, 0.002",
    "2.2E-322, 2.2e-322",
    "2.0E23, 2e+23",
    "1.0E23, 1e+23",
    "8.41E21, 8.41e+21",
    "9.007199254740993E15, 9007199254740992",
    "1e-7, 1e-7",
    "123e-8, 0.00000123",
    "-1.5, -1.5",
    "0.1, 0.1",
    "1e22, 1e+22",
    "9.5367431640625e-7, 9.5367431640625e-7",
  })
  void awkwardNumbersAreShortAndClose(double value, String text) {
    assertThat(NumberWriter.text(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0x1p-25, 2.9802322387695312e-8",
    "0x1.91f6p-3, 0.19626998901367188",
    "0x1.78p-17, 0.000011205673217773438",
    "0x1.cd548p0, 1.8020706176757812",
  })
  void halfWayBetweenTwoShortestTheEvenOneIsWritten(String exact, String text) {
    assertThat(NumberWriter.text(Double.parseDouble(exact))).isEqualTo(text);
  }

  @Test
  void belowAPowerOfTwoOnlyHalfTheDistanceReadsBack() {
    // The nearest 16 digits end in 801, but they read back as the double below.
    assertThat(NumberWriter.text(0x1p-44)).isEqualTo("5.684341886080802e-14");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void nonNumbersAreRefused(double value) {
    assertThatThrownBy(() -> NumberWriter.text(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number: " + value + " (expected: a finite number)");
  }

  @Test
  void randomNumbersReadBackAndNoTextIsShorterOrCloser() {
    sample(200_000)
        .forEach(value -> {
          var text = NumberWriter.text(value);

          assertThat(Double.parseDouble(text)).as("seed %s, %s", SEED, text).isEqualTo(value);
          assertShortestAndClosest(value, text);
        });
  }

  @Test
  void everyPowerOfTwoAndItsNeighboursReadBackAndNoTextIsShorterOrCloser() {
    for (int exponent = Double.MIN_EXPONENT - 52; exponent <= Double.MAX_EXPONENT; exponent++) {
      double power = Math.scalb(1.0, exponent);
      for (double value : new double[] {Math.nextDown(power), power, Math.nextUp(power)}) {
        var text = NumberWriter.text(value);

        assertThat(Double.parseDouble(text)).as(text).isEqualTo(value);
        assertShortestAndClosest(value, text);
      }
    }
  }

  @Test
  void nodeWritesTheSame() throws IOException, InterruptedException {
    var values =
        DoubleStream.concat(
                sample(20_000), DoubleStream.iterate(Double.MIN_VALUE, x -> x < 1e308, x -> x * 2))
            .toArray();
    var texts = Arrays.stream(values).mapToObj(NumberWriter::text).toList();

    var fromNode = numbersWrittenByNode(values);

    assertThat(fromNode.lines().toList()).isEqualTo(texts);
  }

  /**
   * Random bit patterns find every exponent; the other two kinds find the fast ways and their
   * borders.
   */
  private static DoubleStream sample(int size) {
    var random = new Random(SEED);
    return DoubleStream.generate(() ->
            switch (random.nextInt(4)) {
              case 0 -> Math.rint(random.nextDouble() * 1e9) / Math.pow(10, random.nextInt(12));
              case 1 -> random.nextGaussian() * Math.pow(10, random.nextInt(24) - 6);
              default -> Double.longBitsToDouble(random.nextLong());
            })
        .filter(Double::isFinite)
        .map(value -> value == 0 ? 0.0 : value)
        .limit(size);
  }

  /**
   * Checks against exact decimals: of n-1 digits none reads back, of n digits none that reads back
   * is closer.
   */
  private static void assertShortestAndClosest(double value, String text) {
    var exact = new BigDecimal(value);
    var written = new BigDecimal(text);
    int digits = written.stripTrailingZeros().precision();
    for (var direction : new RoundingMode[] {RoundingMode.FLOOR, RoundingMode.CEILING}) {
      if (digits > 1) {
        var shorter = exact.round(new MathContext(digits - 1, direction));
        assertThat(shorter.doubleValue()).as("shorter than %s", text).isNotEqualTo(value);
      }
      var other = exact.round(new MathContext(digits, direction));
      if (other.doubleValue() == value) {
        assertThat(written.subtract(exact).abs())
            .as("distance of %s", text)
            .isLessThanOrEqualTo(other.subtract(exact).abs());
      }
    }
  }

  private static String numbersWrittenByNode(double[] values)
      throws IOException, InterruptedException {
    var script =
        """
        const view = new DataView(new ArrayBuffer(8));
        const lines = require('fs').readFileSync(0, 'utf8').trim().split('\\n');
        console.log(lines.map(bits => {
          view.setBigUint64(0, BigInt('0x' + bits));
          return String(view.getFloat64(0));
        }).join('\\n'));
        """;
    Process node;
    try {
      node =
          new ProcessBuilder("node", "-e", script)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException absent) {
      assumeThat(false).as("node is not on the PATH: %s", absent.getMessage()).isTrue();
      throw absent;
    }
    try (var stdin = node.outputWriter(StandardCharsets.US_ASCII)) {
      stdin.write(
          Arrays.stream(values)
              .mapToObj(value -> Long.toHexString(Double.doubleToRawLongBits(value)))
              .collect(Collectors.joining("\n")));
    }
    var written = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isZero();
    return written;
  }
}
