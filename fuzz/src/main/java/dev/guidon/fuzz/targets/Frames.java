package dev.guidon.fuzz.targets;

import dev.guidon.fuzz.Target;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.stream.Follower;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.Goodbye;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.History;
import dev.guidon.stream.LogFollower;
import dev.guidon.stream.LogFrame;
import dev.guidon.stream.LogFrames;
import dev.guidon.stream.Output;
import dev.guidon.stream.SnapshotRef;
import dev.guidon.stream.SseWriter;
import dev.guidon.stream.StreamException;
import dev.guidon.stream.UpstreamReply;
import dev.guidon.stream.UpstreamReport;
import dev.guidon.stream.ViewCursor;
import dev.guidon.stream.ViewFeed;
import dev.guidon.stream.ViewFeedSettings;
import dev.guidon.stream.ViewFollower;
import dev.guidon.stream.ViewFrame;
import dev.guidon.stream.ViewFrames;
import dev.guidon.stream.ViewSnapshot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A follower of a log or of a view, and a server that sends it frames: right ones, damaged ones,
 * old ones, in any order and cut anywhere. An input is a script of such deeds. The follower never
 * throws, never goes back, and has at every moment a state that the log once had.
 */
public final class Frames implements Target {
  private static final int DEEDS_MAX = 48;

  private final Truth truth = new Truth();
  private final Catalogue<ScopeState> log = logFrames();
  private final Catalogue<View> view = viewFrames();

  /**
   * What a server has to send.
   *
   * @param steps from each state to the next, in the order of the states
   * @param others heads, references, whole states, farewells, merged deltas
   * @param bodies of the polling twin
   */
  private record Catalogue<S>(
      List<S> states,
      List<byte[]> steps,
      List<byte[]> others,
      List<byte[]> snapshots,
      List<byte[]> bodies) {}

  private Catalogue<ScopeState> logFrames() {
    List<byte[]> steps = new ArrayList<>();
    List<byte[]> others = new ArrayList<>();
    List<byte[]> snapshots = new ArrayList<>();
    List<byte[]> bodies = new ArrayList<>();
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (CommittedEntry entry : truth.entries) {
      steps.add(LogFrames.encode(new LogFrame.EntryFrame(entry)));
      lines.writeBytes(LogFrames.line(entry));
      if (entry.position().revision() % 5 == 0) {
        bodies.add(lines.toByteArray());
        lines.reset();
      }
    }
    for (ScopeState state : truth.states) {
      byte[] bytes = ScopeSnapshot.encode(state);
      snapshots.add(bytes);
      others.add(LogFrames.encode(ref(state.position(), bytes)));
      others.add(LogFrames.encode(head(state, null)));
    }
    bodies.add(snapshots.get(snapshots.size() - 1));
    farewells(frame -> others.add(LogFrames.encode(frame)));
    return new Catalogue<>(truth.states, steps, others, snapshots, bodies);
  }

  private Catalogue<View> viewFrames() {
    List<byte[]> steps = new ArrayList<>();
    List<byte[]> others = new ArrayList<>();
    List<byte[]> snapshots = new ArrayList<>();
    List<byte[]> bodies = new ArrayList<>();
    View last = truth.views.get(truth.views.size() - 1);
    for (int i = 0; i < truth.views.size(); i++) {
      View one = truth.views.get(i);
      if (i + 1 < truth.views.size()) {
        steps.add(delta(one, truth.views.get(i + 1)));
        others.add(delta(one, last));
      }
      byte[] bytes = ViewSnapshot.encode(one);
      snapshots.add(bytes);
      others.add(ViewFrames.encode(ref(one.position(), bytes)));
      others.add(ViewFrames.encode(head(truth.states.get(i), one.hash())));
      others.add(ViewFrames.encode(new ViewFrame.Snapshot(one)));
      ViewFeed feed = new ViewFeed(one, ViewFeedSettings.DEFAULT);
      feed.replace(last);
      byte[] body = feed.poll(one.position());
      bodies.add(body == null ? bytes : body);
    }
    farewells(frame -> others.add(ViewFrames.encode(frame)));
    return new Catalogue<>(truth.views, steps, others, snapshots, bodies);
  }

  private static byte[] delta(View from, View to) {
    ViewFeed feed = new ViewFeed(from, ViewFeedSettings.DEFAULT);
    feed.replace(to);
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    feed.next(ViewCursor.at(from.position())).bytes().forEach(frames::writeBytes);
    return frames.toByteArray();
  }

  private static SnapshotRef ref(Position position, byte[] bytes) {
    return new SnapshotRef(
        position, "/v1/snapshot/" + Hash.of(bytes), Hash.of(bytes), bytes.length);
  }

  private static HeadFrame head(ScopeState state, @Nullable Hash view) {
    Position at = state.position();
    return new HeadFrame(
        at, state.chain(), state.timeMicros(), view, at.era() == 1 ? 1L : Truth.CUT + 1L);
  }

  private static void farewells(Consumer<Goodbye> into) {
    into.accept(new Goodbye(0, "drain"));
    into.accept(new Goodbye(5_000, "restart"));
  }

  @Override
  public String run(byte[] input) {
    Draw draw = new Draw(input);
    int kind = draw.below(8);
    if (kind == 0) {
      return codecs(draw);
    }
    if (kind < 4) {
      ScopeState start =
          draw.below(2) == 0 ? null : truth.states.get(draw.below(truth.states.size()));
      LogFollower follower =
          new LogFollower(
              History.SCOPE, start, settings(draw), hash -> hash.bytes()[0] > 0, new Random(1));
      return new Script<>(
              "log",
              follower,
              log,
              draw,
              ScopeState::position,
              truth::check,
              state -> {},
              state -> {})
          .play();
    }
    View start = draw.below(2) == 0 ? null : truth.views.get(draw.below(truth.views.size()));
    ViewFollower follower =
        new ViewFollower(
            History.SCOPE,
            History.REGION,
            start,
            settings(draw),
            hash -> hash.bytes()[0] > 0,
            new Random(1));
    return new Script<>(
            "view",
            follower,
            view,
            draw,
            View::position,
            truth::check,
            truth::checkPlace,
            truth::checkWhole)
        .play();
  }

  private static FollowerSettings settings(Draw draw) {
    FollowerSettings usual = FollowerSettings.DEFAULT.withUpstreams(1 + draw.below(3));
    return draw.below(4) == 0 ? usual.withPolling(1, 1_000, 20_000) : usual;
  }

  /** What is read outside of followers. */
  private static String codecs(Draw draw) {
    int kind = draw.below(3);
    byte[] bytes = draw.bytes(1 << 16);
    try {
      switch (kind) {
        case 0 -> UpstreamReport.read(bytes);
        case 1 -> UpstreamReply.read(bytes);
        default -> HeadFrame.parse(new String(bytes, StandardCharsets.UTF_8));
      }
      return "codec read";
    } catch (StreamException e) {
      Must.hold(e.getMessage() != null && !e.getMessage().isEmpty(), "a refusal says why");
      return "codec refused";
    }
  }

  /** One follower and what happens to it. */
  private static final class Script<S> {
    private final String name;
    private final Follower<S> follower;
    private final Catalogue<S> frames;
    private final Draw draw;
    private final Function<S, Position> positionOf;
    private final Consumer<S> check;
    private final Consumer<S> checkPlace;
    private final Consumer<S> checkWhole;
    private long nowMicros = 1;
    private long connection = -1;
    private @Nullable S last;
    private boolean forged;
    private int applied;
    private int reports;
    private boolean movedEra;

    Script(
        String name,
        Follower<S> follower,
        Catalogue<S> frames,
        Draw draw,
        Function<S, Position> positionOf,
        Consumer<S> check,
        Consumer<S> checkPlace,
        Consumer<S> checkWhole) {
      this.name = name;
      this.follower = follower;
      this.frames = frames;
      this.draw = draw;
      this.positionOf = positionOf;
      this.check = check;
      this.checkPlace = checkPlace;
      this.checkWhole = checkWhole;
      this.last = follower.state();
    }

    String play() {
      take(follower.start(nowMicros));
      for (int deed = 0; deed < DEEDS_MAX && !draw.isOver(); deed++) {
        take(deed());
        verify();
      }
      take(follower.stop());
      verify();
      S end = last;
      if (end != null && applied > 0) {
        checkWhole.accept(end);
      }
      String how =
          movedEra
              ? " moved into an era"
              : applied > 1 ? " moved on" : applied == 1 ? " moved once" : " stayed";
      return name + how + (reports > 0 ? ", with complaints" : "");
    }

    private List<Output<S>> deed() {
      nowMicros += 1_000;
      return switch (draw.below(16)) {
        case 0, 1, 2, 3 -> send(next());
        case 4, 5 -> send(one(frames.steps));
        case 6, 7 -> send(one(frames.others));
        case 8 -> forge(send(draw.damaged(draw.below(2) == 0 ? next() : one(frames.steps))));
        case 9 -> forge(send(draw.damaged(one(frames.others))));
        case 10 -> {
          byte[] snapshot = one(frames.snapshots);
          boolean whole = draw.below(2) == 0;
          List<Output<S>> out =
              follower.snapshotFetched(
                  connection, whole ? snapshot : draw.damaged(snapshot), nowMicros);
          yield out;
        }
        case 11 -> {
          byte[] body = one(frames.bodies);
          int how = draw.below(4);
          forged |= how == 0;
          yield follower.polled(
              connection, how == 0 ? draw.damaged(body) : how == 1 ? null : body, null, nowMicros);
        }
        case 12 -> trouble();
        case 13 -> {
          nowMicros += draw.below(256) * 500_000L;
          yield follower.tick(nowMicros);
        }
        case 14 -> forge(send(draw.bytes(draw.below(64))));
        default -> blob();
      };
    }

    private List<Output<S>> forge(List<Output<S>> outputs) {
      forged = true;
      return outputs;
    }

    private List<Output<S>> trouble() {
      return switch (draw.below(6)) {
        case 0 -> follower.disconnected(connection, "reset", nowMicros);
        case 1 ->
            follower.rejected(connection, 400 + draw.below(200), draw.below(3) - 1, nowMicros);
        case 2 -> follower.snapshotFailed(connection, 404, -1, nowMicros);
        case 3 -> follower.connected(connection, nowMicros);
        case 4 -> follower.received(connection - 1 - draw.below(3), one(frames.steps), nowMicros);
        default -> send(SseWriter.heartbeat());
      };
    }

    private List<Output<S>> blob() {
      Hash hash = Hash.of("blob" + draw.below(4));
      return switch (draw.below(3)) {
        case 0 -> follower.blobFetched(hash, nowMicros);
        case 1 -> follower.blobMissing(hash, nowMicros);
        default -> follower.blobFailed(hash, nowMicros);
      };
    }

    /** The frame that leads on from where the follower is, so that scripts get far. */
    private byte[] next() {
      S state = follower.state();
      if (state != null) {
        Position at = positionOf.apply(state);
        for (int i = 0; i < frames.steps.size(); i++) {
          if (positionOf.apply(frames.states.get(i)).equals(at)) {
            return frames.steps.get(i);
          }
        }
      }
      return frames.steps.get(0);
    }

    private byte[] one(List<byte[]> from) {
      return from.get(draw.below(from.size()));
    }

    /** In one piece or in two. */
    private List<Output<S>> send(byte[] bytes) {
      int cut =
          draw.below(4) == 0 && bytes.length > 0 ? draw.below(Math.min(bytes.length, 65_536)) : 0;
      if (cut == 0) {
        return follower.received(connection, bytes, nowMicros);
      }
      List<Output<S>> out =
          new ArrayList<>(follower.received(connection, Arrays.copyOf(bytes, cut), nowMicros));
      out.addAll(
          follower.received(connection, Arrays.copyOfRange(bytes, cut, bytes.length), nowMicros));
      return out;
    }

    private void take(List<Output<S>> outputs) {
      for (Output<S> output : outputs) {
        if (output instanceof Output.Connect<S> connect) {
          connection = connect.connection();
          take(follower.connected(connection, nowMicros));
        } else if (output instanceof Output.Poll<S> poll) {
          connection = poll.connection();
        } else if (output instanceof Output.Applied<S> one) {
          applied++;
          step(one.state());
        } else if (output instanceof Output.Persist<S> persist) {
          take(follower.persisted(positionOf.apply(persist.state())));
        } else if (output instanceof Output.EraMoved<S>) {
          movedEra = true;
        } else if (output instanceof Output.Report<S> report) {
          reports++;
          Must.hold(!report.detail().isEmpty(), "a report says something");
        }
      }
    }

    private void step(S state) {
      Position at = positionOf.apply(state);
      S before = last;
      if (before != null) {
        Position was = positionOf.apply(before);
        Must.hold(
            was.revision() == 0 || at.logId().equals(was.logId()),
            "moved from log " + was + " to " + at);
        Must.hold(!at.isBefore(was), "went back from " + was + " to " + at);
      }
      check.accept(state);
      if (!forged) {
        checkPlace.accept(state);
      }
      last = state;
    }

    /** What is served is what was last applied. */
    @SuppressWarnings("ReferenceEquality") // the very state, not one like it
    private void verify() {
      Must.hold(follower.state() == last, "the state is what was told");
      Position acknowledged = follower.acknowledged();
      Position position = follower.position();
      Must.hold(
          acknowledged == null || position != null && !position.isBefore(acknowledged),
          "acknowledged " + acknowledged + " at " + position);
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int kind = 1; kind < 8; kind++) {
      seeds.add(
          new byte[] {
            (byte) kind, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 6, 3, 1, 13, 20, 12, 0, 10, 5, 0
          });
      seeds.add(
          new byte[] {
            (byte) kind, 1, 3, 0, 0, 1, 0, 1, 0, 1, 8, 0, 1, 0, 40, 5, 1, 0, 1, 11, 9, 1
          });
      seeds.add(
          new byte[] {
            (byte) kind, 1, 20, 0, 1, 6, (byte) 60, 1, 10, 30, 0, 0, 1, 12, 1, 77, 1, 0, 1
          });
    }
    seeds.add(codec(0, UPSTREAM));
    seeds.add(codec(1, "{\"now\":1800000000000000,\"nextAfterMillis\":60000}"));
    seeds.add(codec(2, head(truth.states.get(3), truth.views.get(3).hash()).text()));
    return seeds;
  }

  private static final String UPSTREAM =
      "{\"v\":1,\"client\":{\"id\":\"c\",\"kind\":\"sdk\",\"name\":\"java\",\"version\":\"1\",\"engine\":1,\"capabilities\":[]},\"scope\":\"shop/prod\",\"region\":\"eu\",\"refusals\":[{\"entity\":\"flag:a\",\"version\":1,\"code\":\"INVALID\",\"detail\":\"x\"}],\"counts\":[{\"flag\":\"a\",\"variant\":\"on\",\"rule\":\"r\",\"revision\":1,\"n\":3}],\"countsFrom\":1,\"countsTo\":2,\"samples\":[{\"targetingKey\":\"u\"}],\"dropped\":0,\"sentAt\":3}";

  private static byte[] codec(int kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] input = new byte[bytes.length + 2];
    input[1] = (byte) kind;
    System.arraycopy(bytes, 0, input, 2, bytes.length);
    return input;
  }

  @Override
  public byte[] fresh(Random random) {
    byte[] script = new byte[8 + random.nextInt(72)];
    random.nextBytes(script);
    return script;
  }

  @Override
  public List<byte[]> words() {
    return Words.of(
        "event: ",
        "data: ",
        "id: ",
        "\n\n",
        "\r\n",
        ":",
        "snapshot",
        "snapshot-ref",
        "delta",
        "head",
        "goodbye",
        "entry",
        "\"v\":1",
        "position",
        "chain",
        "readAt",
        "view",
        "from",
        "to",
        "region",
        "epoch",
        "time",
        "priority",
        "changes",
        "gone",
        "url",
        "hash",
        "bytes",
        "reconnectAfterMillis",
        "reason",
        "counts",
        "samples",
        "refusals",
        "client",
        "null",
        "-1",
        "9007199254740993",
        "{",
        "}",
        "[",
        "]");
  }
}
