package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.engine.Context;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the quick reader accepts the careful one reads alike. */
class ContextReaderTest {
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"context\"",
          "\"targetingKey\"",
          "\"$kinds\"",
          "\"a\"",
          "\"b\"",
          "\"ä\"",
          "\"\\u0041\"",
          "\"\"",
          "null",
          "true",
          "false",
          "0",
          "-0",
          "1",
          "01",
          "1.5",
          "1e3",
          "1e999",
          "-",
          "12345678901234567890",
          "0.1234567890123456789",
          " ",
          "\n",
          "{\"context\":{",
          "\"k\":\"v\"",
          "\u0000",
          "\"\u0001\"");

  @Test
  void plainContextsAreReadFromTheirBytes() {
    String body =
        " {\"context\" : {\"targetingKey\":\"u1\",\"city\":\"Zürich\",\"n\":-12.5,\"big\":1e21,"
            + "\"yes\":true,\"nothing\":null,\"roles\":[\"a\",1,[]],\"address\":{\"zip\":\"8000\"}},"
            + "\"other\":[1,{\"x\":2}]} ";

    Context context = ContextReader.read(body.getBytes(UTF_8));

    assertThat(context).isNotNull().isEqualTo(careful(body.getBytes(UTF_8)));
  }

  @Test
  void whatIsNotPlainIsLeftToTheCarefulReader() {
    assertThat(
            List.of(
                "",
                "{",
                "[]",
                "{\"context\":[]}",
                "{\"context\":{\"targetingKey\":7}}",
                "{\"context\":{\"a\":1,\"a\":2}}",
                "{\"context\":{},\"context\":{}}",
                "{\"context\":{\"a\":01}}",
                "{\"context\":{\"a\":\"\\n\"}}",
                "{\"context\":{\"$kinds\":{}}}",
                "{\"context\":{\"a\":1e999}}",
                "{\"context\":{}} x"))
        .allSatisfy(body -> assertThat(ContextReader.read(body.getBytes(UTF_8))).isNull());
    byte[] brokenUtf8 = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
    assertThat(ContextReader.read(brokenUtf8)).isNull();
  }

  @Test
  void anyBytesAreReadAlikeOrLeftAlone() {
    var random = new Random(25);
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] body = i % 4 == 0 ? soup(random) : nearlyRight(random);
      Context quick = ContextReader.read(body);
      if (quick != null) {
        read++;
        assertThat(quick).as(new String(body, UTF_8)).isEqualTo(careful(body));
      }
    }
    assertThat(read).isGreaterThan(20_000);
  }

  private static Context careful(byte[] body) {
    OfrepRequest request = OfrepRequest.read(body, "flag");
    assertThat(request).as(new String(body, UTF_8)).isInstanceOf(OfrepRequest.Asked.class);
    return ((OfrepRequest.Asked) request).context();
  }

  private static byte[] soup(Random random) {
    var text = new StringBuilder(random.nextBoolean() ? "{\"context\":{" : "");
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.append(random.nextBoolean() ? "}}" : "").toString().getBytes(UTF_8);
  }

  private static byte[] nearlyRight(Random random) {
    var text = new StringBuilder("{\"context\":{");
    for (int i = 0, n = random.nextInt(5); i < n; i++) {
      text.append(i == 0 ? "" : ",")
          .append("\"m")
          .append(random.nextInt(9))
          .append("\":")
          .append(value(random, 0));
    }
    byte[] body = text.append("}}").toString().getBytes(UTF_8);
    if (random.nextInt(3) == 0) {
      body[random.nextInt(body.length)] = (byte) random.nextInt(256);
    }
    return body;
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth < 3 ? 8 : 6)) {
      case 0 -> "\"v" + random.nextInt(5) + "é\"";
      case 1 -> Double.toString(random.nextDouble() * Math.pow(10, random.nextInt(40) - 20));
      case 2 -> Long.toString(random.nextLong());
      case 3 -> random.nextBoolean() ? "true" : "null";
      case 4 -> Integer.toString(random.nextInt(100));
      case 5 -> "-0.0" + random.nextInt();
      case 6 -> "[" + value(random, depth + 1) + "," + value(random, depth + 1) + "]";
      default -> "{\"x\":" + value(random, depth + 1) + "}";
    };
  }
}
