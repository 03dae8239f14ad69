package dev.guidon.edge.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.edge.ofrep.ConfigTag;
import dev.guidon.edge.ofrep.Etags;
import dev.guidon.edge.ofrep.FlagKeys;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.stream.Disk;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.LogFrame;
import dev.guidon.stream.LogFrames;
import dev.guidon.stream.Output;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The parts of an edge that need no socket, in one thread. */
class EdgeCoreTest {
  private static final ScopeId SCOPE = ScopeId.of("shop", "prod");

  /** Files in memory; can fail, and forgets what was not synced when it crashes. */
  private static final class MemoryDisk implements Disk {
    private final Map<String, byte[]> files = new HashMap<>();
    private final Map<String, byte[]> durable = new HashMap<>();
    private boolean failing;

    private void check() throws IOException {
      if (failing) {
        throw new IOException("disk full");
      }
    }

    void crash() {
      files.clear();
      files.putAll(durable);
    }

    @Override
    public byte[] read(String name) {
      return files.get(name);
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
      check();
      files.put(name, bytes.clone());
    }

    @Override
    public void append(String name, byte[] bytes) throws IOException {
      check();
      byte[] old = files.getOrDefault(name, new byte[0]);
      byte[] all = java.util.Arrays.copyOf(old, old.length + bytes.length);
      System.arraycopy(bytes, 0, all, old.length, bytes.length);
      files.put(name, all);
    }

    @Override
    public void sync(String name) throws IOException {
      check();
      durable.put(name, files.get(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
      check();
      files.put(to, files.remove(from));
      durable.put(to, durable.remove(from));
    }

    @Override
    public void syncFolder(String folder) {}

    @Override
    public List<String> list(String folder) {
      return files.keySet().stream()
          .filter(n -> n.startsWith(folder + "/"))
          .map(n -> n.substring(folder.length() + 1))
          .toList();
    }

    @Override
    public void delete(String name) {
      files.remove(name);
      durable.remove(name);
    }
  }

  /** Notes what a core wants done. */
  private static final class Notes implements EdgeScope.Io {
    private final List<Output<ScopeState>> wanted = new ArrayList<>();
    private final List<Position> acknowledged = new ArrayList<>();

    @Override
    public void carryOut(Output<ScopeState> output) {
      wanted.add(output);
    }

    @Override
    public void served(long commitMicros) {
      // What is served is looked at directly.
    }

    @Override
    public void acknowledged(Position position) {
      acknowledged.add(position);
    }

    @Override
    public void told(String code, String detail) {}

    long connection() {
      return ((Output.Connect<ScopeState>)
              wanted.stream()
                  .filter(Output.Connect.class::isInstance)
                  .reduce((a, b) -> b)
                  .orElseThrow())
          .connection();
    }
  }

  private final MemoryDisk disk = new MemoryDisk();
  private final Notes notes = new Notes();
  private ScopeState log = ScopeState.empty(SCOPE, "0123456789abcdef0123456789abcdef");

  private EdgeScope core() {
    return new EdgeScope(SCOPE, disk, FollowerSettings.DEFAULT, new Random(7), 4, notes);
  }

  private byte[] commit(String flag) {
    Json.Obj doc =
        (Json.Obj)
            JsonReader.read(
                "{\"envelope\":{\"key\":\""
                    + flag
                    + "\",\"type\":\"boolean\",\"on\":true,\"variants\":{\"a\":true},\"offVariant\":\"a\"},\"default\":{\"variant\":\"a\"}}",
                JsonLimits.DEFAULT);
    EntityId id = EntityId.flag(flag);
    Position at = log.position().next();
    CommittedEntry entry =
        new Entry(
                at,
                at.revision(),
                "t",
                null,
                "k" + at.revision(),
                Priority.NORMAL,
                null,
                log.chain(),
                null,
                List.of(new Change(id, EntityBody.live(id, 1, doc))))
            .commit();
    log = log.apply(entry);
    return LogFrames.encode(new LogFrame.EntryFrame(entry));
  }

  private void receive(EdgeScope core, byte[] bytes) {
    core.input(f -> f.received(notes.connection(), bytes, 10), 10);
  }

  @Test
  void aPositionIsAcknowledgedOnlyWhenItIsOnDiskAndServedBefore() {
    EdgeScope core = core();
    core.start("eu", 0, 0);
    core.input(f -> f.connected(notes.connection(), 1), 1);
    receive(core, commit("one"));
    disk.failing = true;
    receive(core, commit("two"));

    assertThat(core.regionNow("eu").answers().ruleset().flagKeys())
        .containsExactlyInAnyOrder("one", "two");
    assertThat(notes.acknowledged).extracting(Position::revision).containsExactly(1L);

    disk.failing = false;
    core.tick(2_000_000, 2_000_000);

    assertThat(notes.acknowledged).extracting(Position::revision).containsExactly(1L, 2L);
    assertThat(core.acknowledged()).isEqualTo(log.position());
  }

  @Test
  void afterACrashTheAcknowledgedStateIsThere() {
    EdgeScope core = core();
    core.start("eu", 0, 0);
    core.input(f -> f.connected(notes.connection(), 1), 1);
    receive(core, commit("one"));
    receive(core, commit("two"));
    Position acknowledged = core.acknowledged();

    disk.crash();
    EdgeScope next = core();
    next.start("eu", 0, 0);

    assertThat(acknowledged).isEqualTo(log.position());
    assertThat(next.state().chain()).isEqualTo(log.chain());
    assertThat(next.regionNow("eu").answers().ruleset().flagKeys())
        .containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void regionsAreBounded() {
    EdgeScope core = core();
    core.start("eu", 0, 0);
    core.input(f -> f.connected(notes.connection(), 1), 1);
    receive(core, commit("one"));

    assertThat(core.region("a")).isNotNull();
    assertThat(core.region("b")).isNotNull();
    assertThat(core.region("c")).isNotNull();
    assertThat(core.region("d")).isNull();
    assertThat(core.region("a")).isNotNull();
  }

  @Test
  void aBucketAllowsItsBurstAndThenItsRate() {
    var bucket = new TokenBucket(2, 3, 0);

    assertThat(List.of(bucket.take(0), bucket.take(0), bucket.take(0))).containsOnly(0);
    assertThat(bucket.take(0)).isEqualTo(1);
    assertThat(bucket.take(500_000_000)).isZero();
    assertThat(bucket.isFull(500_000_000)).isFalse();
    assertThat(bucket.isFull(2_100_000_000)).isTrue();
  }

  @Test
  void aTicketIsGoodForItsPeriodAndTheNextAndOnlyInItsProcess() {
    var tickets = new Tickets(new byte[32]);
    Hash key = Hash.of("key");
    String ticket = tickets.issue(SCOPE, key, 0);

    assertThat(tickets.check(ticket, 0)).isEqualTo(new Tickets.Ticket(SCOPE, key, 1_200_000_000L));
    assertThat(tickets.issue(SCOPE, key, 599_999_999)).isEqualTo(ticket);
    assertThat(tickets.check(ticket, 1_199_999_999)).isNotNull();
    assertThat(tickets.check(ticket, 1_200_000_000)).isNull();
    assertThat(new Tickets(new byte[] {1}).check(ticket, 0)).isNull();
    assertThat(tickets.check("x" + ticket, 0)).isNull();
    assertThat(tickets.check("%%%.###", 0)).isNull();
    assertThat(tickets.period(0))
        .isEqualTo(tickets.period(599_999_999))
        .isNotEqualTo(tickets.period(600_000_000));
  }

  @Test
  void ifNoneMatchKnowsListsWeakTagsAndTheStar() {
    assertThat(Etags.matches("\"a\"", "\"a\"")).isTrue();
    assertThat(Etags.matches("\"b\", W/\"a\"", "\"a\"")).isTrue();
    assertThat(Etags.matches(" * ", "\"a\"")).isTrue();
    assertThat(Etags.matches("\"b\", \"c", "\"a\"")).isFalse();
    assertThat(Etags.matches("a", "\"a\"")).isFalse();
    assertThat(Etags.matches(null, "\"a\"")).isFalse();
    assertThat(Etags.of("ab", "c")).isNotEqualTo(Etags.of("a", "bc"));
  }

  @Test
  void aFlagKeyIsDecodedOnce() {
    assertThat(FlagKeys.decode("a%2Fb%20c")).isEqualTo("a/b c");
    assertThat(FlagKeys.decode("a%252F")).isEqualTo("a%2F");
    assertThat(FlagKeys.decode("100%")).isEqualTo("100%");
    assertThat(FlagKeys.decode("%zz+")).isEqualTo("%zz+");
    assertThat(FlagKeys.decode("gr%C3%B6%C3%9Fe")).isEqualTo("größe");
  }

  @Test
  void aConfigTagIsReachedByItsPositionAndLater() {
    var tag = new ConfigTag(new Position("log", 1, 5), 2);

    assertThat(ConfigTag.parse(tag.text())).isEqualTo(tag);
    assertThat(ConfigTag.parse("nonsense")).isNull();
    assertThat(tag.isReachedBy(new Position("log", 1, 4))).isFalse();
    assertThat(tag.isReachedBy(new Position("log", 1, 5))).isTrue();
    assertThat(tag.isReachedBy(new Position("log", 2, 1))).isTrue();
    assertThat(tag.isReachedBy(new Position("other", 1, 1))).isTrue();
  }

  @Test
  void keysAreGoodUntilTheyExpireAndRotateTwoAtATime() {
    Json.Obj doc =
        (Json.Obj)
            JsonReader.read(
                "{\"key\":\"k\",\"kind\":\"client\",\"hashes\":[{\"hash\":\""
                    + Hash.of("old").hex()
                    + "\",\"notAfter\":\"1970-01-01T00:00:01Z\"},{\"hash\":\""
                    + Hash.of("new").hex()
                    + "\"}],\"newConnectionsUntil\":\"1970-01-01T00:00:02Z\",\"expires\":\"1970-01-01T00:00:03Z\"}",
                JsonLimits.DEFAULT);
    ReaderKey key = KeyIndex.readSdkKey("k", doc);

    assertThat(key.kind()).isEqualTo(ReaderKey.Kind.CLIENT);
    assertThat(key.admitsNew(Hash.of("old"), 999_999)).isTrue();
    assertThat(key.admitsNew(Hash.of("old"), 1_000_000)).isFalse();
    assertThat(key.admitsNew(Hash.of("new"), 1_999_999)).isTrue();
    assertThat(key.admitsNew(Hash.of("new"), 2_000_000)).isFalse();
    assertThat(key.admitsExisting(Hash.of("new"), 2_999_999)).isTrue();
    assertThat(key.admitsExisting(Hash.of("new"), 3_000_000)).isFalse();
    assertThat(key.admitsNew(Hash.of("other"), 0)).isFalse();
  }
}
