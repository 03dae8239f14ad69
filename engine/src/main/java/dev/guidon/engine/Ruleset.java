package dev.guidon.engine;

import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Layer;
import dev.guidon.model.Position;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Segment;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A view, compiled: immutable, shared by all threads, swapped whole. A decision is a pure function
 * of the ruleset, the context and the instant; it takes no lock, never throws, and makes no
 * garbage. (What still does: a pattern beyond {@link SimplePattern}, and a unit that is a
 * fraction.)
 */
public final class Ruleset {
  private final View view;
  private final Linked<Layer, LayerProgram> layers;
  private final Linked<Segment, SegmentProgram> segments;
  private final Linked<Flag, FlagProgram> flags;
  private final Answering answering;
  private final Table<FlagProgram> programs;
  private final SortedMap<EntityId, Refusal> refused;
  private final Interned interned;
  private final List<Refusal> refusals;
  private final int compiledCount;
  private final int chunksReadCount;
  private final Object identity = new Object();

  /**
   * @param refused in the order in which they are told; will not change
   */
  Ruleset(
      View view,
      Linked<Layer, LayerProgram> layers,
      Linked<Segment, SegmentProgram> segments,
      Linked<Flag, FlagProgram> flags,
      Answering answering,
      SortedMap<EntityId, Refusal> refused,
      Interned interned,
      int compiledCount,
      int chunksReadCount) {
    this.view = view;
    this.layers = layers;
    this.segments = segments;
    this.flags = flags;
    this.answering = answering;
    this.programs = answering.programs();
    this.refused = refused;
    this.interned = interned;
    this.refusals = List.copyOf(refused.values());
    this.compiledCount = compiledCount;
    this.chunksReadCount = chunksReadCount;
  }

  /**
   * Compiles a view. Never throws for what the view holds: an entity that cannot be compiled is
   * refused by itself, and goes on with its last compiled version in {@code previous}.
   *
   * @param blobs asked for chunks of key lists that {@code previous} does not have
   * @param previous the ruleset in use, of any region or position; of another scope it counts as
   *     none. It is not changed, and not kept
   */
  public static Compilation compile(View view, BlobSource blobs, @Nullable Ruleset previous) {
    return new Compiler(view, blobs, previous).compile();
  }

  /** A ruleset without flags, to begin with. */
  public static Ruleset empty(ScopeId scope, String region) {
    return compile(View.empty(scope, "none", region), BlobSource.NONE, null).ruleset();
  }

  /** What a flag answers. A flag that is not there answers FLAG_NOT_FOUND. */
  public Outcome decide(String flagKey, Context context, long nowMicros) {
    FlagProgram program = programs.get(flagKey);
    return program == null
        ? Outcome.notFound(String.valueOf(flagKey))
        : decide(program, context, nowMicros);
  }

  public Outcome decide(FlagHandle flag, Context context, long nowMicros) {
    return decide(program(flag), context, nowMicros);
  }

  /**
   * As by an instant, which is asked for at most once, and only where the flag, a prerequisite or a
   * segment of it depends on time.
   */
  public Outcome decide(String flagKey, Context context, LongSupplier nowMicros) {
    FlagProgram program = programs.get(flagKey);
    return program == null
        ? Outcome.notFound(String.valueOf(flagKey))
        : decide(program, context, nowMicros);
  }

  /** As by a key and a supplier, without looking the key up. */
  public Outcome decide(FlagHandle flag, Context context, LongSupplier nowMicros) {
    return decide(program(flag), context, nowMicros);
  }

  private static Outcome decide(FlagProgram program, Context context, LongSupplier nowMicros) {
    if (!program.readsTime()) {
      return decide(program, context, 0);
    }
    try {
      return decide(program, context, nowMicros.getAsLong());
    } catch (Throwable e) {
      Values.rethrowIfFatal(e); // an application's own clock
      return program.failed();
    }
  }

  private static Outcome decide(FlagProgram program, Context context, long nowMicros) {
    return decide(program, context, nowMicros, /* trace= */ null);
  }

  private static Outcome decide(
      FlagProgram program, Context context, long nowMicros, @Nullable Trace trace) {
    try {
      return program.decide(context, nowMicros, trace);
    } catch (Throwable e) {
      // The one broad catch of the engine. A context may hold an application's own lists, maps and
      // numbers, and these
      // may throw whatever they like when they are read; an application must never break because it
      // asked for a flag.
      Values.rethrowIfFatal(e);
      return isMissing(context)
          ? decide(program, Context.EMPTY, nowMicros, trace)
          : program.failed();
    }
  }

  /** No handle is that of a flag that is not there. */
  private FlagProgram program(@Nullable FlagHandle flag) {
    return flag == null ? FlagProgram.missing("null") : flag.in(this);
  }

  /** No context is an empty one, whatever the signature asks for; looked at only when it hurts. */
  private static boolean isMissing(@Nullable Context context) {
    return context == null;
  }

  public boolean booleanValue(String flagKey, Context context, long nowMicros, boolean fallback) {
    FlagProgram program = programs.get(flagKey);
    return program == null ? fallback : decide(program, context, nowMicros).booleanValue(fallback);
  }

  public boolean booleanValue(FlagHandle flag, Context context, long nowMicros, boolean fallback) {
    return decide(flag, context, nowMicros).booleanValue(fallback);
  }

  public double doubleValue(String flagKey, Context context, long nowMicros, double fallback) {
    FlagProgram program = programs.get(flagKey);
    return program == null ? fallback : decide(program, context, nowMicros).doubleValue(fallback);
  }

  public double doubleValue(FlagHandle flag, Context context, long nowMicros, double fallback) {
    return decide(flag, context, nowMicros).doubleValue(fallback);
  }

  /** The fallback also for a number that is not whole, or not within the range of long. */
  public long longValue(String flagKey, Context context, long nowMicros, long fallback) {
    FlagProgram program = programs.get(flagKey);
    return program == null ? fallback : decide(program, context, nowMicros).longValue(fallback);
  }

  public long longValue(FlagHandle flag, Context context, long nowMicros, long fallback) {
    return decide(flag, context, nowMicros).longValue(fallback);
  }

  public String stringValue(String flagKey, Context context, long nowMicros, String fallback) {
    FlagProgram program = programs.get(flagKey);
    return program == null ? fallback : decide(program, context, nowMicros).stringValue(fallback);
  }

  public String stringValue(FlagHandle flag, Context context, long nowMicros, String fallback) {
    return decide(flag, context, nowMicros).stringValue(fallback);
  }

  public Json objectValue(String flagKey, Context context, long nowMicros, Json fallback) {
    FlagProgram program = programs.get(flagKey);
    return program == null ? fallback : decide(program, context, nowMicros).objectValue(fallback);
  }

  public Json objectValue(FlagHandle flag, Context context, long nowMicros, Json fallback) {
    return decide(flag, context, nowMicros).objectValue(fallback);
  }

  /** What a flag answers, with the bucket that exposures carry. */
  public Decision evaluate(String flagKey, Context context, long nowMicros) {
    return withBucket(decide(flagKey, context, nowMicros), context);
  }

  public Decision evaluate(FlagHandle flag, Context context, long nowMicros) {
    return withBucket(decide(flag, context, nowMicros), context);
  }

  public Decision evaluate(String flagKey, Context context, LongSupplier nowMicros) {
    return withBucket(decide(flagKey, context, nowMicros), context);
  }

  public Decision evaluate(FlagHandle flag, Context context, LongSupplier nowMicros) {
    return withBucket(decide(flag, context, nowMicros), context);
  }

  private static Decision withBucket(Outcome outcome, Context context) {
    return new Decision(outcome, bucketOf(outcome, context));
  }

  /**
   * The bucket that an outcome was chosen by when this context was given, {@link
   * Decision#NO_BUCKET} for an outcome that none chose.
   */
  public static int bucketOf(Outcome outcome, Context context) {
    Bucketing bucketing = outcome.bucketing();
    try {
      return bucketing == null ? Decision.NO_BUCKET : bucketing.bucketOf(context);
    } catch (Throwable e) {
      // The unit could be read a moment ago, to arrive at this outcome; an application's own number
      // may still throw now.
      Values.rethrowIfFatal(e);
      return Decision.NO_BUCKET;
    }
  }

  /**
   * Why a flag answers what it answers. The flag is compiled once more, as it is written, by the
   * same compiler into the same checks, and its evaluation is listened to.
   */
  public Explanation explain(String flagKey, Context context, long nowMicros) {
    FlagProgram program = programs.get(flagKey);
    if (program == null) {
      return new Explanation(
          Outcome.notFound(String.valueOf(flagKey)), Decision.NO_BUCKET, List.of());
    }
    ExplanationTrace trace = new ExplanationTrace();
    Outcome outcome = decide(explained(program), context, nowMicros, trace);
    return new Explanation(outcome, bucketOf(outcome, context), trace.finish());
  }

  private static FlagProgram explained(FlagProgram program) {
    try {
      return program.explained(new Links.Explaining());
    } catch (RefusedException e) {
      throw new IllegalStateException(
          program.key() + ": served, and yet it cannot be compiled to be explained", e);
    }
  }

  /**
   * What a flag answers when the state in use is this old and the flag says what to serve then:
   * {@code null} while its bound is not passed, and for flags without one.
   */
  public @Nullable Outcome tooStale(String flagKey, long ageMicros) {
    FlagProgram program = programs.get(flagKey);
    return program == null ? null : program.tooStale(ageMicros);
  }

  public @Nullable Outcome tooStale(FlagHandle flag, long ageMicros) {
    return program(flag).tooStale(ageMicros);
  }

  /**
   * Whether any flag says what to serve when the state is too old; where none does, {@link
   * #tooStale} need not be asked.
   */
  public boolean boundsStaleness() {
    return answering.boundedCount() > 0;
  }

  /** The same for one flag. */
  public boolean boundsStaleness(String flagKey) {
    FlagProgram program = programs.get(flagKey);
    return program != null && program.boundsStaleness();
  }

  public boolean boundsStaleness(FlagHandle flag) {
    return program(flag).boundsStaleness();
  }

  /** The program of a flag, {@code null} when it is not there. */
  @Nullable FlagProgram program(String flagKey) {
    return programs.get(flagKey);
  }

  /** What tells this ruleset from every other, without holding on to it. */
  Object identity() {
    return identity;
  }

  /**
   * The next instant at which an answer may change with time alone; {@link Long#MAX_VALUE} when
   * there is none.
   */
  public long nextBoundaryMicros(long nowMicros) {
    return answering.boundaries().next(nowMicros);
  }

  /**
   * Counts the boundaries passed, those of the view among them: two instants of one epoch have the
   * same answers.
   */
  public long epoch(long nowMicros) {
    return view.epoch() + answering.boundaries().passed(nowMicros);
  }

  /**
   * The flags whose answers may differ after some time has passed: those that name an instant of
   * it, and those that depend on such by segments or prerequisites.
   *
   * @param after exclusive
   * @param until inclusive
   */
  public Set<String> flagsWithBoundaryIn(long after, long until) {
    Set<String> found = new TreeSet<>();
    programs.forEach(program -> {
      if (program.boundaries().stream().anyMatch(at -> at > after && at <= until)) {
        found.add(program.key());
      }
    });
    return found;
  }

  public Position position() {
    return view.position();
  }

  public View view() {
    return view;
  }

  /** The flags of the view, those without a usable version among them. */
  public Set<String> flagKeys() {
    return programs.keys();
  }

  /** Whether client keys may evaluate the flag. A flag that is not there is not visible. */
  public boolean isClientVisible(String flagKey) {
    FlagProgram program = programs.get(flagKey);
    return program != null && program.clientVisible();
  }

  /** The envelope of the flag's newest version, also where the rest of it is refused. */
  public @Nullable Envelope envelope(String flagKey) {
    Unit<Flag, FlagProgram> unit = flags.units().get(flagKey);
    if (unit == null) {
      return null;
    }
    return unit.refused() == null
        ? FlagFormat.readEnvelope(unit.entity().doc(), Problems.withoutPlaces())
        : unit.refused().source().envelope();
  }

  /** The entities of the view whose newest version is not in use. */
  public List<Refusal> refusals() {
    return refusals;
  }

  SortedMap<EntityId, Refusal> refused() {
    return refused;
  }

  Linked<Layer, LayerProgram> layers() {
    return layers;
  }

  Linked<Segment, SegmentProgram> segments() {
    return segments;
  }

  Linked<Flag, FlagProgram> flags() {
    return flags;
  }

  Interned interned() {
    return interned;
  }

  Answering answering() {
    return answering;
  }

  /**
   * How many documents were compiled to make this, the others being those of the ruleset before.
   */
  int compiledCount() {
    return compiledCount;
  }

  /** How many chunks of key lists were read to make this. */
  int chunksReadCount() {
    return chunksReadCount;
  }
}
