package dev.guidon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.guidon.log.IndeterminateAppendException;
import dev.guidon.log.Log;
import dev.guidon.log.SqliteLog;
import dev.guidon.log.UnknownScopeException;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Murmur3;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are made to hurt, over a real log. */
class HostileCommandsTest {
  private static final ScopeId PROD = ScopeId.of("shop", "prod");
  private static final ScopeId CATALOG = new ScopeId.Catalog("shop");
  private static final EntityId CHECKOUT = EntityId.flag("checkout");
  private static final EntityId DECLARED = new EntityId(EntityKind.DECLARATION, "checkout");
  private static final Json TURN_OFF = json("{'envelope':{'on':false}}");

  @TempDir Path folder;
  private final AtomicLong clock = new AtomicLong(1_800_000_000_000_000L);
  private final AtomicLong keys = new AtomicLong();
  private Log log;
  private Scopes scopes;

  @AfterEach
  void close() {
    if (scopes != null) {
      scopes.close();
      log.close();
    }
  }

  // --- the ground

  private void open(Limits limits) {
    open(limits, opened -> opened);
  }

  private void open(Limits limits, UnaryOperator<Log> wrapped) {
    close();
    log = SqliteLog.open(folder.resolve("log.db"));
    Scopes.Options defaults = Scopes.Options.DEFAULT;
    scopes =
        new Scopes(
            wrapped.apply(log),
            clock::incrementAndGet,
            () -> "0123456789abcdef0123456789abcdef",
            EngineCheck::new,
            new Scopes.Options(
                limits,
                defaults.entitiesInImagesMax(),
                defaults.patienceMillis(),
                defaults.waitMillisMax()));
  }

  private void shop() {
    put(ScopeId.system(), new EntityId(EntityKind.PROJECT, "shop"), "{'key':'shop'}");
    put(
        ScopeId.system(),
        new EntityId(EntityKind.ENVIRONMENT, "shop/prod"),
        "{'project':'shop','key':'prod'}");
    put(CATALOG, DECLARED, "{'key':'checkout','type':'boolean'}");
  }

  private static Json json(String text) {
    return JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT);
  }

  private static String flag(String more) {
    return "{'envelope':{'key':'checkout','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
        + "'default':{'variant':'on'}"
        + more
        + "}";
  }

  private CommandResult run(ScopeId scope, Edit... edits) {
    return scopes.execute(Command.of(scope, "k" + keys.incrementAndGet(), "ann", edits));
  }

  private CommandResult.Committed put(ScopeId scope, EntityId id, String doc) {
    return committed(run(scope, new Edit.Put(id, json(doc), null)));
  }

  private static CommandResult.Committed committed(CommandResult result) {
    assertThat(result).isInstanceOf(CommandResult.Committed.class);
    return (CommandResult.Committed) result;
  }

  private static CommandResult.Refused refused(CommandResult result) {
    assertThat(result).isInstanceOf(CommandResult.Refused.class);
    return (CommandResult.Refused) result;
  }

  /** The log, with something done around each call of one of its methods. */
  static Log around(Log log, String method, UnaryOperator<Callable<Object>> change) {
    return (Log)
        Proxy.newProxyInstance(
            Log.class.getClassLoader(),
            new Class<?>[] {Log.class},
            (proxy, called, arguments) -> {
              Callable<Object> call =
                  () -> {
                    try {
                      return called.invoke(log, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause() instanceof Exception cause ? cause : e;
                    }
                  };
              return (called.getName().equals(method) ? change.apply(call) : call).call();
            });
  }

  // --- nothing stands in the way of off

  @Test
  void aFullScopeStillLetsFlagsBeTurnedOffAndForgetsWhatWasDeleted() {
    Limits limits = Limits.DEFAULT;
    open(new Limits(limits.documentBytesMax(), 3, limits.growthFreeBytes(), 100));
    shop();
    put(PROD, CHECKOUT, flag(""));
    put(PROD, EntityId.segment("a"), "{'key':'a'}");
    put(PROD, EntityId.segment("b"), "{'key':'b'}");

    refused(run(PROD, new Edit.Put(EntityId.segment("c"), json("{'key':'c'}"), null)));
    CommandResult.Committed off = committed(run(PROD, new Edit.Merge(CHECKOUT, TURN_OFF, null)));

    assertThat(off.entry().entry().priority()).isEqualTo(Priority.EMERGENCY);
    committed(run(PROD, new Edit.Delete(EntityId.segment("a"), null)));
    put(PROD, EntityId.segment("c"), "{'key':'c'}");
  }

  @Test
  void aFlagOfTheLargestSizeCanBeTurnedOff() {
    open(Limits.DEFAULT);
    shop();
    put(PROD, CHECKOUT, flag(""));
    int size = CanonicalJson.bytes(scopes.current(PROD).live(CHECKOUT).doc()).length;
    open(new Limits(size, 100, 1 << 20, 100));

    committed(run(PROD, new Edit.Merge(CHECKOUT, TURN_OFF, null)));
    refused(run(PROD, new Edit.Merge(CHECKOUT, json("{'salt':'a-longer-one'}"), null)));
  }

  @Test
  void aFlagThatTheCatalogHasLostCanBeTurnedOffAndNotOn() {
    open(Limits.DEFAULT);
    shop();
    put(PROD, CHECKOUT, flag(""));
    committed(run(CATALOG, new Edit.Delete(DECLARED, null)));

    refused(run(PROD, new Edit.Merge(CHECKOUT, json("{'salt':'x'}"), null)));
    committed(run(PROD, new Edit.Merge(CHECKOUT, TURN_OFF, null)));

    refused(run(PROD, new Edit.Merge(CHECKOUT, json("{'envelope':{'on':true}}"), null)));
  }

  // --- the emergency lane

  @Test
  void offTogetherWithAnythingElseIsNoEmergencyAndNeitherIsReturningToNothing() {
    open(Limits.DEFAULT);
    shop();
    put(PROD, CHECKOUT, flag(""));
    put(PROD, EntityId.segment("a"), "{'key':'a'}");

    CommandResult.Committed mixed =
        committed(
            run(
                PROD,
                new Edit.Merge(CHECKOUT, TURN_OFF, null),
                new Edit.Put(EntityId.segment("b"), json("{'key':'b'}"), null)));
    CommandResult.Committed returned =
        committed(
            scopes.execute(
                new Command(
                    PROD,
                    "r",
                    "ann",
                    null,
                    List.of(new Edit.Delete(EntityId.segment("a"), null)),
                    /* returning= */ true,
                    false,
                    false)));

    assertThat(mixed.entry().entry().priority()).isEqualTo(Priority.NORMAL);
    assertThat(returned.entry().entry().priority()).isEqualTo(Priority.NORMAL);
  }

  // --- exhaustion

  @Test
  void keysMadeToFallIntoOneChunkAreRefused() {
    open(Limits.DEFAULT);
    shop();
    List<Json> colliding = new ArrayList<>();
    for (int i = 0; i < 2_200; i++) {
      colliding.add(Json.of(colliding(i)));
    }
    Json doc = Json.Obj.of("key", Json.of("beta"), "included", new Json.Arr(colliding));
    put(PROD, EntityId.segment("small"), "{'key':'small'}");
    List<String> texts = colliding.stream().map(key -> ((Json.Str) key).value()).toList();

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          refused(run(PROD, new Edit.Put(EntityId.segment("beta"), doc, null)));
          refused(
              run(
                  PROD,
                  new Edit.Keys(EntityId.segment("small"), "included", texts, List.of(), null)));
        });
  }

  /** A text of 256 letters whose Murmur3 hash is the same for every number. */
  private static String colliding(int number) {
    for (int salt = 0; ; salt++) {
      StringBuilder text = new StringBuilder().append(number).append('-').append(salt);
      text.append("x".repeat(KeyChunks.KEY_CHARS_MAX - 4 - text.length()));
      int hash = 0;
      for (int i = 0; i < text.length(); i += 4) {
        int block =
            text.charAt(i)
                | text.charAt(i + 1) << 8
                | text.charAt(i + 2) << 16
                | text.charAt(i + 3) << 24;
        hash = Integer.rotateLeft(hash ^ mixed(block), 13) * 5 + 0xe6546b64;
      }
      int wanted = Integer.rotateRight((0x12345678 - 0xe6546b64) * inverse(5), 13) ^ hash;
      int block = Integer.rotateRight(wanted * inverse(0x1b873593), 15) * inverse(0xcc9e2d51);
      for (int shift = 0; shift < 32; shift += 8) {
        text.append((char) (block >>> shift & 0xff));
      }
      if (text.substring(252).chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
        assertThat(Murmur3.ofText("", text.toString()) >>> 4).isEqualTo(TOP >>> 4);
        return text.toString();
      }
    }
  }

  private static final int TOP = finished(0x12345678 ^ KeyChunks.KEY_CHARS_MAX);

  private static int finished(int hash) {
    int h = (hash ^ hash >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }

  private static int mixed(int block) {
    return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
  }

  private static int inverse(int odd) {
    int inverse = odd;
    for (int i = 0; i < 5; i++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }

  @Test
  void aPatchOfManyMembersIsAppliedInTimeThatGrowsWithThem() {
    Map<String, Json> members = new LinkedHashMap<>();
    for (int i = 0; i < 100_000; i++) {
      members.put("m" + i, Json.of(i));
    }
    Json patch = new Json.Obj(members);

    Json merged =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> MergePatch.apply(json("{'a':1}"), patch));

    assertThat(((Json.Obj) merged).members()).hasSize(100_001);
  }

  @Test
  void commandsForScopesThatAreNotThereLeaveNothingBehind() {
    open(Limits.DEFAULT);
    shop();
    put(PROD, CHECKOUT, flag(""));
    int before = scopes.actors();

    for (int i = 0; i < 50; i++) {
      ScopeId unknown = ScopeId.of("shop", "none-" + i);
      assertThatThrownBy(() -> run(unknown, new Edit.Put(CHECKOUT, json(flag("")), null)))
          .isInstanceOf(UnknownScopeException.class);
    }

    assertThat(scopes.actors()).isEqualTo(before);
  }

  @Test
  void commandsThatWaitForASlowLogAreBoundedAndEmergenciesStillGetIn() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    boolean[] hold = {false};
    open(
        Limits.DEFAULT,
        opened ->
            around(
                opened,
                "append",
                call ->
                    () -> {
                      if (hold[0]) {
                        begun.countDown();
                        slow.await();
                      }
                      return call.call();
                    }));
    shop();
    put(PROD, CHECKOUT, flag(""));
    hold[0] = true;
    List<Future<CommandResult>> waiting = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      waiting.add(threads.submit(() -> run(PROD, segment(0))));
      begun.await();
      for (int i = 1; i <= 1_500; i++) {
        int number = i;
        waiting.add(threads.submit(() -> run(PROD, segment(number))));
      }
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> waiting.stream().filter(Future::isDone).count() >= 490);
      Future<CommandResult> off =
          threads.submit(() -> run(PROD, new Edit.Merge(CHECKOUT, TURN_OFF, null)));
      hold[0] = false;
      slow.countDown();

      assertThat(off.get(20, TimeUnit.SECONDS)).isInstanceOf(CommandResult.Committed.class);
      for (Future<CommandResult> one : waiting) {
        assertThat(one.get(20, TimeUnit.SECONDS))
            .isInstanceOfAny(CommandResult.Committed.class, CommandResult.Unavailable.class);
      }
    }
  }

  private static Edit segment(int number) {
    return new Edit.Put(EntityId.segment("s" + number), json("{'key':'s" + number + "'}"), null);
  }

  // --- nothing is lost, nothing happens twice

  @Test
  void aThousandAndOneCommitsCarryACheckpointAndLoadAgainFromItsSnapshot() {
    open(Limits.DEFAULT);
    shop();
    put(PROD, CHECKOUT, flag(""));
    long time = 0;
    for (int i = 2; i <= 1_001; i++) {
      clock.addAndGet(i % 7 == 0 ? -5_000_000 : 10); // The clock is set back now and then.
      var entry =
          committed(run(PROD, new Edit.Merge(CHECKOUT, json("{'salt':'s" + i + "'}"), null)))
              .entry();
      assertThat(entry.entry().timeMicros()).isGreaterThan(time);
      assertThat(entry.entry().checkpoint() != null).isEqualTo(i == 1_000);
      time = entry.entry().timeMicros();
    }
    ScopeState before = scopes.current(PROD);
    ScopeState past = new History(scopes).stateAt(PROD, 500);

    open(Limits.DEFAULT);

    assertThat(log.latestSnapshot(PROD, 1_001).position().revision()).isEqualTo(999);
    assertThat(scopes.current(PROD).entities().root()).isEqualTo(before.entities().root());
    assertThat(scopes.current(PROD).position().revision()).isEqualTo(1_001);
    assertThat(new History(scopes).stateAt(PROD, 500).entities().root())
        .isEqualTo(past.entities().root());
    assertThat(new History(scopes).stateAt(PROD, 1_000).position().revision()).isEqualTo(1_000);
  }

  @Test
  void aCommandWhoseAnswerWasLostIsFoundByItsKeyAfterARestart() {
    boolean[] lose = {false};
    open(
        Limits.DEFAULT,
        opened ->
            around(
                opened,
                "append",
                call ->
                    () -> {
                      Object result = call.call();
                      if (lose[0]) {
                        throw new IndeterminateAppendException("lost", null);
                      }
                      return result;
                    }));
    shop();
    put(PROD, CHECKOUT, flag(""));
    lose[0] = true;
    Command off = Command.of(PROD, "off-1", "ann", new Edit.Merge(CHECKOUT, TURN_OFF, null));

    long first = committed(scopes.execute(off)).entry().position().revision();
    open(Limits.DEFAULT);
    CommandResult.Committed again = committed(scopes.execute(off));

    assertThat(again.replayed()).isTrue();
    assertThat(again.entry().position().revision()).isEqualTo(first);
    assertThat(scopes.current(PROD).position().revision()).isEqualTo(first);
  }
}
