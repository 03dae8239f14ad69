package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;
  private static final Position HERE = new Position(History.LOG_ID, 1, 7);

  private static SseEvent event(byte[] bytes) {
    List<SseEvent> events = new SseReader(1 << 20).feed(bytes);
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private static SseEvent event(String type, String data) {
    return new SseEvent(null, type, data.getBytes(StandardCharsets.UTF_8));
  }

  private static ViewFrame.Delta delta() {
    EntityId flag = EntityId.flag("checkout");
    return new ViewFrame.Delta(
        HERE,
        HERE.next(),
        "eu",
        3,
        99,
        Priority.EMERGENCY,
        List.of(
            new ViewFrame.Changed(flag, ViewEntity.of(flag, 2, Json.Obj.of("on", Json.of(false)))),
            new ViewFrame.Changed(EntityId.segment("beta"), null)),
        Hash.of("view"));
  }

  @Test
  void everyFrameComesBackAsItWasSent() {
    View view = new History().commits(5).view();
    List<ViewFrame> frames =
        List.of(
            delta(),
            new ViewFrame.Snapshot(view),
            new SnapshotRef(HERE, "/v1/view/snapshot/1", Hash.of("s"), 12),
            new HeadFrame(HERE, Hash.of("c"), 5, Hash.of("v"), 3L),
            new HeadFrame(HERE, Hash.of("c"), 5, null, null),
            new Goodbye(1500, "drain"));

    for (ViewFrame frame : frames) {
      ViewFrame read = ViewFrames.decode(event(ViewFrames.encode(frame)), LIMITS);

      if (frame instanceof ViewFrame.Snapshot) {
        assertThat(((ViewFrame.Snapshot) read).view().hash()).isEqualTo(view.hash());
      } else {
        assertThat(read).isEqualTo(frame);
      }
    }
  }

  @Test
  void entriesTravelVerbatim() {
    CommittedEntry committed = new History().commit();

    LogFrame read = LogFrames.decode(event(LogFrames.encode(new LogFrame.EntryFrame(committed))));

    assertThat(((LogFrame.EntryFrame) read).committed().bytes()).isEqualTo(committed.bytes());
  }

  @Test
  void theEventIdIsThePositionSoThatResumeIsExact() {
    assertThat(event(ViewFrames.encode(delta())).id()).isEqualTo(HERE.next().text());
    assertThat(event(LogFrames.encode(new HeadFrame(HERE, Hash.ZERO, 1, null, null))).id())
        .isNull();
  }

  @Test
  void aChangedByteOfAnEntryIsFound() {
    byte[] line = LogFrames.line(new History().commit());

    for (int i = 0; i < line.length; i++) {
      byte[] changed = line.clone();
      changed[i] ^= 1;

      assertThatThrownBy(() -> LogFrames.readLine(changed)).isInstanceOf(StreamException.class);
    }
  }

  @Test
  void unknownTypesAndMembersAreIgnored() {
    assertThat(ViewFrames.decode(event("sparkle", "{}"), LIMITS)).isNull();
    assertThat(LogFrames.decode(event("sparkle", "not even JSON"))).isNull();
    assertThat(
            ViewFrames.decode(
                event(
                    "goodbye", "{\"v\":1,\"reconnectAfterMillis\":5,\"reason\":\"x\",\"new\":[1]}"),
                LIMITS))
        .isEqualTo(new Goodbye(5, "x"));
  }

  @Test
  void aFrameOfALaterFormatIsRefusedAndNotMisread() {
    assertThatThrownBy(() ->
            LogFrames.decode(
                event("goodbye", "{\"v\":2,\"reconnectAfterMillis\":5,\"reason\":\"x\"}")))
        .isInstanceOf(StreamException.class)
        .hasMessageContaining("expected: 1");
  }

  @Test
  void aServerCannotSendItsFollowersElsewhere() {
    for (String url :
        List.of(
            "http://evil/v1/x", "//evil/v1/", "/v2/x", "/v1/../admin", "/v1/a b", "/v1/\r\nx")) {
      assertThatThrownBy(() -> new SnapshotRef(HERE, url, Hash.ZERO, 1))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void hostileFramesAreRefusedWithTheModulesOwnException() {
    List<String> types = List.of("snapshot", "delta", "snapshot-ref", "head", "goodbye", "entry");
    byte[] good = ViewFrames.deltaBytes(delta());
    byte[] entry = LogFrames.line(new History().commit());
    byte[] snapshot = ViewSnapshot.encode(new History().commits(3).view());
    int refused = 0;
    for (long seed = 0; seed < 6_000; seed++) {
      Random random = new Random(seed);
      byte[] base =
          switch (random.nextInt(4)) {
            case 0 -> good.clone();
            case 1 -> entry.clone();
            case 2 -> snapshot.clone();
            default -> new byte[random.nextInt(100)];
          };
      for (int i = random.nextInt(4); i >= 0 && base.length > 0; i--) {
        base[random.nextInt(base.length)] = (byte) random.nextInt(256);
      }
      SseEvent event = new SseEvent("x", types.get(random.nextInt(types.size())), base);
      refused += refuses(() -> ViewFrames.decode(event, LIMITS)) ? 1 : 0;
      refused += refuses(() -> LogFrames.decode(event)) ? 1 : 0;
      refused += refuses(() -> HeadFrame.parse(event.text())) ? 1 : 0;
      refused += refuses(() -> UpstreamReport.read(base)) ? 1 : 0;
    }

    assertThat(refused).isGreaterThan(10_000);
  }

  private static boolean refuses(Runnable reading) {
    try {
      reading.run();
      return false;
    } catch (StreamException e) {
      return true;
    }
  }
}
