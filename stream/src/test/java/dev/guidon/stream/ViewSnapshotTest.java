package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.View;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ViewSnapshotTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

  @Test
  void aViewComesBackWhole() {
    View view = new History().commits(30).view();

    View read = ViewSnapshot.decode(ViewSnapshot.encode(view), LIMITS);

    assertThat(read.position()).isEqualTo(view.position());
    assertThat(read.region()).isEqualTo(view.region());
    assertThat(read.timeMicros()).isEqualTo(view.timeMicros());
    assertThat(read.hash()).isEqualTo(view.hash());
  }

  @Test
  void equalViewsMakeEqualBytesWhateverWayTheyCameAbout() {
    History history = new History().commits(30);
    View stepwise = View.of(history.states.get(0), History.REGION);
    for (int i = 0; i < history.entries.size(); i++) {
      stepwise =
          stepwise.advance(history.states.get(i + 1), History.changed(history.entries.get(i)));
    }

    assertThat(ViewSnapshot.encode(stepwise)).isEqualTo(ViewSnapshot.encode(history.view()));
  }

  @Test
  void aMissingLineIsFound() {
    String text =
        new String(ViewSnapshot.encode(new History().commits(3).view()), StandardCharsets.UTF_8);
    String shorter = text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1);

    assertThatThrownBy(() -> ViewSnapshot.decode(shorter.getBytes(StandardCharsets.UTF_8), LIMITS))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("2 entities (expected: 3");
  }

  @Test
  void aChangedEntityIsFoundByTheViewHash() {
    String text =
        new String(ViewSnapshot.encode(new History().commits(3).view()), StandardCharsets.UTF_8);
    String other = text.replace("\"version\":2", "\"version\":9");

    assertThatThrownBy(() -> ViewSnapshot.decode(other.getBytes(StandardCharsets.UTF_8), LIMITS))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("view hash");
  }

  @Test
  void limitsComeFromOutside() {
    byte[] bytes = ViewSnapshot.encode(new History().commits(30).view());

    assertThatThrownBy(() -> ViewSnapshot.decode(bytes, new StreamLimits(1000, 500, 1000, 1000)))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("at most 500");
    assertThatThrownBy(() -> ViewSnapshot.decode(bytes, new StreamLimits(1000, 1 << 20, 10, 1000)))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("more than 10");
  }

  @Test
  void emptyLinesAreRefusedWhileTheyAreCounted() {
    byte[] valid = ViewSnapshot.encode(new History().commits(1).view());
    byte[] bytes = java.util.Arrays.copyOf(valid, valid.length + (32 << 20));
    java.util.Arrays.fill(bytes, valid.length, bytes.length, (byte) '\n');

    assertThatThrownBy(() -> ViewSnapshot.decode(bytes, LIMITS))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("more than 200000 entities");
  }
}
