package dev.guidon.sdk;

import dev.guidon.engine.Compilation;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.FlagKey;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.Serve;
import dev.guidon.model.ValueType;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Flags without a server, for tests: the real engine and client over flags that the test sets.
 * Every change is a revision of its own, is in force when the method returns, and is told to
 * listeners before.
 *
 * <pre>{@code
 * InMemoryFlags flags = InMemoryFlags.of("checkout", true);
 * GuidonClient client = flags.client();
 * }</pre>
 */
public final class InMemoryFlags {
  private static final ScopeId SCOPE = ScopeId.of("test", "memory");
  private static final String LOG_ID = "0".repeat(32);
  private static final String REGION = "local";

  private final ReentrantLock lock = new ReentrantLock();
  private final TimeSource time;
  private final Serving serving;
  private final GuidonClient client;
  private View view = View.empty(SCOPE, LOG_ID, REGION);
  private @Nullable Ruleset ruleset;

  private InMemoryFlags(TimeSource time) {
    this.time = time;
    Redaction redaction = new Redaction(List.of());
    this.serving = new Serving(time::wallMicros, Samples.none(), /* counting= */ false);
    this.client = new GuidonClient(serving, new Still(time), redaction, Duration.ZERO);
    advance(Map.of());
    serving.ready();
  }

  public static InMemoryFlags none() {
    return new InMemoryFlags(TimeSource.SYSTEM);
  }

  /** No flags yet, and a clock of the test's own. */
  public static InMemoryFlags at(TimeSource time) {
    return new InMemoryFlags(time);
  }

  public static InMemoryFlags of(String flag, boolean value) {
    return none().set(flag, value);
  }

  public static InMemoryFlags of(String flag, String value) {
    return none().set(flag, value);
  }

  public static InMemoryFlags of(String flag, double value) {
    return none().set(flag, value);
  }

  public static InMemoryFlags of(String flag, Json value) {
    return none().set(flag, value);
  }

  /** The client of these flags; the same at every call. */
  public GuidonClient client() {
    return client;
  }

  /** An OpenFeature provider of these flags. */
  public GuidonProvider provider() {
    return GuidonProvider.of(client);
  }

  /** A flag with the variants {@code on} and {@code off} that gives everybody this value. */
  public InMemoryFlags set(String flag, boolean value) {
    Map<String, Json> variants = Map.of("on", Json.of(true), "off", Json.of(false));
    return put(simple(flag, ValueType.BOOLEAN, variants, value ? "on" : "off"));
  }

  /** A flag with one variant, named {@code value}, for everybody. */
  public InMemoryFlags set(String flag, String value) {
    return put(simple(flag, ValueType.STRING, Map.of("value", Json.of(value)), "value"));
  }

  /** A flag with one variant, named {@code value}, for everybody. */
  public InMemoryFlags set(String flag, double value) {
    return put(simple(flag, ValueType.NUMBER, Map.of("value", Json.of(value)), "value"));
  }

  /** A flag of type object with one variant, named {@code value}, for everybody. */
  public InMemoryFlags set(String flag, Json value) {
    return put(simple(flag, ValueType.OBJECT, Map.of("value", value), "value"));
  }

  private static Flag simple(
      String key, ValueType type, Map<String, Json> variants, String served) {
    return new Flag(
        Envelope.of(new FlagKey(key), type, /* on= */ true, variants, /* offVariant= */ null),
        List.of(),
        List.of(),
        List.of(),
        new Serve.Fixed(served),
        /* salt= */ null,
        /* clientVisible= */ false,
        /* layer= */ null,
        /* staleness= */ null,
        new TreeMap<>());
  }

  /** Any flag. A key list in it must be inline. */
  public InMemoryFlags put(Flag flag) {
    return put(EntityId.flag(flag.key().value()), FlagFormat.write(flag));
  }

  public InMemoryFlags put(Segment segment) {
    return put(EntityId.segment(segment.key().value()), SegmentFormat.write(segment));
  }

  /** Any document of the API's form, also one that the engine will refuse. */
  public InMemoryFlags put(EntityId id, Json.Obj document) {
    lock.lock();
    try {
      ViewEntity before = view.entities().get(id);
      advance(Map.of(id, ViewEntity.of(id, before == null ? 1 : before.version() + 1, document)));
      return this;
    } finally {
      lock.unlock();
    }
  }

  /** All of these documents in one revision. */
  InMemoryFlags putAll(Map<EntityId, Json.Obj> documents) {
    lock.lock();
    try {
      Map<EntityId, @Nullable ViewEntity> shown = new LinkedHashMap<>();
      documents.forEach((id, document) -> shown.put(id, ViewEntity.of(id, 1, document)));
      advance(shown);
      return this;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a flag away; evaluating it is FLAG_NOT_FOUND from now on. */
  public InMemoryFlags remove(String flag) {
    lock.lock();
    try {
      Map<EntityId, @Nullable ViewEntity> gone = new HashMap<>();
      gone.put(EntityId.flag(flag), null);
      advance(gone);
      return this;
    } finally {
      lock.unlock();
    }
  }

  private void advance(Map<EntityId, ? extends @Nullable ViewEntity> changes) {
    HashedMap<ViewEntity> entities = view.entities().with(changes);
    Position next = view.position().next();
    view = new View(SCOPE, next, REGION, view.epoch(), time.wallMicros(), entities);
    boolean first = ruleset == null;
    Compilation compilation = Ruleset.compile(view, BlobSource.NONE, ruleset);
    ruleset = compilation.ruleset();
    serving.install(compilation);
    if (!first) {
      serving.tellChanged(compilation.changedFlags());
    }
  }

  /** A source from which nothing comes by itself. */
  record Still(TimeSource time) implements GuidonClient.Source {
    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public long nowMicros() {
      return time.wallMicros();
    }

    /** What is in memory is always the newest. */
    @Override
    public long headReadAtMicros() {
      return time.wallMicros();
    }

    @Override
    public void later(Duration delay, Runnable task) {
      task.run();
    }
  }
}
