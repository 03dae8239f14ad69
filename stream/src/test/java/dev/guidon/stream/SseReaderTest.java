package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseReaderTest {
  private static List<String> read(String text) {
    return shown(new SseReader(1000).feed(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> shown(List<SseEvent> events) {
    return events.stream()
        .map(event -> event.id() + "|" + event.type() + "|" + event.text())
        .toList();
  }

  @Test
  void anEventIsItsFieldsUpToTheBlankLine() {
    assertThat(read("id: a/1.7\nevent: delta\ndata: {\"v\":1}\n\n"))
        .containsExactly("a/1.7|delta|{\"v\":1}");
  }

  @Test
  void linesMayEndInAnyOfTheThreeWays() {
    assertThat(read("event: x\r\ndata: 1\r\n\r\nevent: y\rdata: 2\r\rdata: 3\n\n"))
        .containsExactly("null|x|1", "null|y|2", "null|message|3");
  }

  @Test
  void severalDataLinesAreOneText() {
    assertThat(read("data: a\ndata:b\ndata\n\n")).containsExactly("null|message|a\nb\n");
  }

  @Test
  void commentsAndUnknownFieldsAndEventsWithoutDataAreNothing() {
    assertThat(read(":\n\n: hello\nfoo: bar\nevent: x\n\ndata: 1\n\n"))
        .containsExactly("null|message|1");
  }

  @Test
  void anIdDoesNotLeakIntoTheNextEvent() {
    assertThat(read("id: 1\ndata: a\n\ndata: b\n\n"))
        .containsExactly("1|message|a", "null|message|b");
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    assertThat(read("\uFEFFdata: a\n\n")).containsExactly("null|message|a");
  }

  @Test
  void whereTheNetworkCutsTheBytesDoesNotMatter() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      all.writeBytes(
          SseWriter.event("l/1." + i, i % 2 == 0 ? "delta" : "entry", "ü".repeat(i) + "\nline\n"));
      all.writeBytes(SseWriter.heartbeat());
    }
    byte[] bytes = all.toByteArray();
    List<String> whole = shown(new SseReader(10_000).feed(bytes));

    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      SseReader reader = new SseReader(10_000);
      List<SseEvent> events = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int length =
            Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
        events.addAll(reader.feed(bytes, at, length));
        at += length;
      }

      assertThat(shown(events)).as("seed %d", seed).isEqualTo(whole).hasSize(40);
    }
  }

  @Test
  void anEventBeyondTheLimitIsRefusedBeforeItIsHeld() {
    SseReader reader = new SseReader(100);
    byte[] line =
        "data: 0123456789012345678901234567890123456789\n".getBytes(StandardCharsets.UTF_8);

    reader.feed(line);
    reader.feed(line);

    assertThatThrownBy(() -> reader.feed(line))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("100");
  }

  @Test
  void anyBytesAreReadOrRefusedClearly() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = hostile(random);
      SseReader reader = new SseReader(500);
      try {
        for (SseEvent event : reader.feed(bytes)) {
          assertThat(event.data().length).isLessThanOrEqualTo(500);
        }
      } catch (StreamException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("expected");
      }
    }
  }

  private static byte[] hostile(Random random) {
    byte[] bytes = new byte[random.nextInt(2_000)];
    random.nextBytes(bytes);
    String[] words = {
      "data:", "event:", "id:", "retry:", "\n", "\r\n", "\r", ":", "\n\n", "retry: 99999999999\n"
    };
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(10) == 0) {
        byte[] word = words[random.nextInt(words.length)].getBytes(StandardCharsets.UTF_8);
        System.arraycopy(word, 0, bytes, i, Math.min(word.length, bytes.length - i));
      }
    }
    return bytes;
  }
}
