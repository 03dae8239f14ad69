package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.log.History.Operation;
import dev.guidon.log.History.Seen;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The checker of {@link LogCompliance} catches each kind of lie. */
class HistoryTest {
  private static final List<Operation> TRUE_STORY =
      List.of(
          new Operation(1, 4, new Seen.Committed("a", 1)),
          new Operation(2, 6, new Seen.Committed("b", 2)),
          new Operation(3, 7, new Seen.Refused("c", 2)),
          new Operation(8, 9, new Seen.HeadAt(2)),
          new Operation(10, 11, new Seen.Unknown("d")),
          new Operation(12, 13, new Seen.HeadAt(3)));

  @Test
  void aTrueStoryIsAccepted() {
    var log = List.of(Map.entry(1L, "a"), Map.entry(2L, "b"), Map.entry(3L, "d"));

    assertThat(History.violations(TRUE_STORY, log)).isEmpty();
  }

  @Test
  void aLostAcknowledgementIsFound() {
    var log = List.of(Map.entry(1L, "a"), Map.entry(2L, "d"), Map.entry(3L, "d2"));

    assertThat(History.violations(TRUE_STORY, log))
        .anyMatch(v -> v.startsWith("lost: Committed[key=b"));
  }

  @Test
  void aDuplicateIsFound() {
    var log = List.of(Map.entry(1L, "a"), Map.entry(2L, "b"), Map.entry(3L, "a"));

    assertThat(History.violations(TRUE_STORY, log)).anyMatch(v -> v.startsWith("duplicate: a"));
  }

  @Test
  void aReorderingIsFound() {
    var log = List.of(Map.entry(1L, "b"), Map.entry(2L, "a"), Map.entry(3L, "d"));

    assertThat(History.violations(TRUE_STORY, log)).anyMatch(v -> v.startsWith("reordered: "));
  }

  @Test
  void aGapIsFound() {
    var log = List.of(Map.entry(1L, "a"), Map.entry(2L, "b"), Map.entry(4L, "d"));

    assertThat(History.violations(TRUE_STORY, log))
        .anyMatch(v -> v.startsWith("gap or disorder: revision 4"));
  }

  @Test
  void aRefusedEntryInTheLogIsFound() {
    var log = List.of(Map.entry(1L, "a"), Map.entry(2L, "b"), Map.entry(3L, "c"));

    assertThat(History.violations(TRUE_STORY, log))
        .anyMatch(v -> v.startsWith("refused, yet there"));
  }

  @Test
  void aStaleReadIsFound() {
    var stale =
        List.of(
            new Operation(1, 2, new Seen.Committed("a", 1)),
            new Operation(3, 4, new Seen.HeadAt(0)));

    assertThat(History.violations(stale, List.of(Map.entry(1L, "a"))))
        .anyMatch(v -> v.startsWith("went back"));
  }

  @Test
  void anEntryThatNobodySentIsFound() {
    var log = List.of(Map.entry(1L, "a"), Map.entry(2L, "b"), Map.entry(3L, "x"));

    assertThat(History.violations(TRUE_STORY, log)).anyMatch(v -> v.startsWith("never sent: x"));
  }

  @Test
  void anOrderAgainstRealTimeIsFound() {
    var swapped =
        List.of(
            new Operation(1, 2, new Seen.Committed("a", 2)),
            new Operation(3, 4, new Seen.Committed("b", 1)));

    assertThat(History.violations(swapped, List.of(Map.entry(1L, "b"), Map.entry(2L, "a"))))
        .anyMatch(v -> v.startsWith("appended before what was there"));
  }
}
