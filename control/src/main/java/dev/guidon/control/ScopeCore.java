package dev.guidon.control;

import dev.guidon.log.AppendCore;
import dev.guidon.log.AppendResult;
import dev.guidon.log.Head;
import dev.guidon.model.Change;
import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Entry;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.KeyList;
import dev.guidon.model.Position;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeState;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Control of one scope, without I/O: takes one command at a time from check to outcome.
 *
 * <pre>
 *   submit ─▶ LookUpKey ─▶ [GetBlobs ─▶]* check ─▶ [PutBlobs ─▶] Append ─▶ Reply
 *                │                          ▲                     │ conflict
 *                └ known: the first result  └── Read ◀────────────┘
 * </pre>
 *
 * <p>Every input method answers what is to be done next; whoever drives the core does it and comes
 * back with what came of it, until the answer is a {@link Output.Reply}. Appends whose answer was
 * lost follow {@link AppendCore}. After a conflict the core reads on, and checks again only when
 * something moved that the first check had looked at. One thread.
 */
public final class ScopeCore {
  /** So many entries are read at once. */
  public static final int READ_MAX = 500;

  private static final int ATTEMPTS_MAX = 8;
  private static final int CONFLICTS_MAX = 100;

  /** What the driver does next. */
  public sealed interface Output {
    /** Ask the log for the entry of an idempotency key; then {@link ScopeCore#keyLookedUp}. */
    record LookUpKey(String key) implements Output {}

    /** Then {@link ScopeCore#blobsGot}. */
    record GetBlobs(Set<Hash> hashes) implements Output {}

    /** Then {@link ScopeCore#blobsPut}. */
    record PutBlobs(Map<Hash, byte[]> blobs) implements Output {}

    /** Then one of the {@code append…} methods. */
    record Append(Head expected, CommittedEntry entry) implements Output {}

    /** Then {@link ScopeCore#entriesRead} or {@link ScopeCore#readFailed}. */
    record Read(long afterRevision, int max) implements Output {}

    /** The command is done. */
    record Reply(CommandResult result) implements Output {}
  }

  /** What a running command waits for. */
  private enum Phase {
    IDLE,
    KEY,
    BLOBS_FOR_KEY,
    BLOBS,
    PUT,
    APPEND,
    SLOT,
    REPLAY
  }

  private final Limits limits;
  private final ViewCheck viewCheck;
  private final long patienceMicros;
  private final References references = new References();
  private final Map<EntityId, Author> authors = new HashMap<>();

  private ScopeState state;
  private View view;

  private Phase phase = Phase.IDLE;
  private @Nullable Command command;
  private @Nullable ScopeState catalog;
  private final Map<Hash, byte[]> fetched = new HashMap<>();
  private @Nullable CommittedEntry underKey;
  private @Nullable Draft draft;
  private @Nullable CommittedEntry entry;
  private @Nullable AppendCore append;
  private @Nullable ScopeState before;
  private int conflicts;
  private long readUpTo;

  /**
   * @param patienceMicros how long lost answers are followed up before the outcome is given as
   *     unknown
   */
  public ScopeCore(ScopeState loaded, Limits limits, ViewCheck viewCheck, long patienceMicros) {
    this.state = loaded;
    this.view = View.of(loaded, View.LIVE_ONLY);
    this.limits = limits;
    this.viewCheck = viewCheck;
    this.patienceMicros = patienceMicros;
    loaded.entities().forEach(references::update);
  }

  /** The image: the fold of everything read so far. */
  public ScopeState state() {
    return state;
  }

  /** The last commit of an entity, if it happened since this image was loaded. */
  public @Nullable Author authorOf(EntityId id) {
    return authors.get(id);
  }

  // --- inputs

  /**
   * Begins a command.
   *
   * @param projectCatalog the image of the project's catalog, for commands of an environment
   */
  public Output submit(Command next, @Nullable ScopeState projectCatalog, long nowMicros) {
    require(Phase.IDLE);
    if (!next.scope().equals(state.scope())) {
      throw new IllegalArgumentException(
          "scope: " + next.scope() + " (expected: " + state.scope() + ")");
    }
    command = next;
    catalog = projectCatalog;
    fetched.clear();
    conflicts = 0;
    if (next.dryRun()) {
      return check(nowMicros);
    }
    phase = Phase.KEY;
    return new Output.LookUpKey(next.key());
  }

  public Output keyLookedUp(@Nullable CommittedEntry existing, long nowMicros) {
    require(Phase.KEY);
    return existing == null ? check(nowMicros) : answerAgain(existing);
  }

  /** Blobs that the log does not have (never put, or erased) are left out. */
  public Output blobsGot(Map<Hash, byte[]> blobs, Set<Hash> asked, long nowMicros) {
    for (Hash hash : asked) {
      fetched.put(hash, blobs.getOrDefault(hash, new byte[0]));
    }
    if (phase == Phase.BLOBS_FOR_KEY) {
      return answerAgain(Objects.requireNonNull(underKey));
    }
    require(Phase.BLOBS);
    return check(nowMicros);
  }

  public Output blobsPut(long nowMicros) {
    require(Phase.PUT);
    return beginAppend(nowMicros);
  }

  public Output appended(AppendResult result, long nowMicros) {
    require(Phase.APPEND);
    return follow(core().appended(result, nowMicros));
  }

  public Output appendIndeterminate(String detail, long nowMicros) {
    require(Phase.APPEND);
    return follow(core().appendIndeterminate(detail, nowMicros));
  }

  public Output appendUnavailable(String detail, long nowMicros) {
    require(Phase.APPEND);
    return follow(core().appendUnavailable(detail, nowMicros));
  }

  public Output entriesRead(List<CommittedEntry> entries, long nowMicros) {
    if (phase == Phase.SLOT) {
      return follow(core().slotRead(entries.isEmpty() ? null : entries.getFirst(), nowMicros));
    }
    require(Phase.REPLAY);
    entries.forEach(this::apply);
    if (state.position().revision() < readUpTo && !entries.isEmpty()) {
      return new Output.Read(state.position().revision(), READ_MAX);
    }
    if (state.position().revision() < readUpTo) {
      return reply(
          new CommandResult.Unavailable("the log answered no entries up to " + readUpTo, false));
    }
    return checkAgain(nowMicros);
  }

  public Output readFailed(String detail, long nowMicros) {
    if (phase == Phase.SLOT) {
      return follow(core().readFailed(detail, nowMicros));
    }
    return failed(detail);
  }

  /** Something else that was asked for could not be had. Nothing was appended. */
  public Output failed(String detail) {
    return reply(new CommandResult.Unavailable(detail, /* outcomeUnknown= */ false));
  }

  /** Entries of other writers, read while no command runs. Each must follow the one before. */
  public void replay(List<CommittedEntry> entries) {
    require(Phase.IDLE);
    entries.forEach(this::apply);
  }

  // --- check

  private Output check(long nowMicros) {
    Draft made =
        new CommandCheck(command(), state, view, references, catalog, fetched, limits, viewCheck)
            .run();
    draft = made;
    before = state;
    if (!made.wanted().isEmpty()) {
      phase = Phase.BLOBS;
      return new Output.GetBlobs(made.wanted());
    }
    if (made.conflict() != null) {
      return reply(withAuthor(made.conflict()));
    }
    if (!made.problems().isEmpty()) {
      return reply(new CommandResult.Refused(made.problems()));
    }
    if (command().dryRun()) {
      return reply(new CommandResult.Checked(state, made.changes(), made.priority()));
    }
    if (made.changes().isEmpty()) {
      return reply(new CommandResult.Unchanged(state));
    }
    if (!made.blobs().isEmpty()) {
      phase = Phase.PUT;
      return new Output.PutBlobs(made.blobs());
    }
    return beginAppend(nowMicros);
  }

  private CommandResult.Conflicted withAuthor(CommandResult.Conflicted found) {
    return new CommandResult.Conflicted(
        found.edit(),
        found.id(),
        found.basedOn(),
        found.current(),
        authors.get(found.id()),
        found.yours(),
        state);
  }

  private Output checkAgain(long nowMicros) {
    if (++conflicts > CONFLICTS_MAX) {
      return failed("the head moved " + conflicts + " times under this command");
    }
    if (draft().reads().holds(state, references)) {
      before = state;
      return beginAppend(nowMicros);
    }
    return check(nowMicros);
  }

  // --- append

  private Output beginAppend(long nowMicros) {
    Position next = state.position().next();
    long time = Math.max(nowMicros, state.timeMicros() + 1);
    Checkpoint checkpoint =
        next.revision() % Checkpoint.EVERY == 0
            ? new Checkpoint(state.position().revision(), state.entities().root())
            : null;
    try {
      entry =
          new Entry(
                  next,
                  time,
                  command().actor(),
                  command().reason(),
                  command().key(),
                  draft().priority(),
                  catalog == null ? null : catalog.position().revision(),
                  state.chain(),
                  checkpoint,
                  draft().changes())
              .commit();
    } catch (IllegalArgumentException e) {
      Problem problem = new Problem(Problem.Code.TOO_LARGE, "", String.valueOf(e.getMessage()));
      return reply(new CommandResult.Refused(List.of(new EditProblem(-1, problem))));
    }
    Head expected = new Head(state.scope(), state.position(), state.chain(), state.timeMicros());
    append = new AppendCore(expected, entry, ATTEMPTS_MAX, nowMicros + patienceMicros);
    return follow(append.start(nowMicros));
  }

  private Output follow(AppendCore.Step step) {
    return switch (step) {
      case AppendCore.Step.DoAppend send -> {
        phase = Phase.APPEND;
        yield new Output.Append(send.expected(), send.entry());
      }
      case AppendCore.Step.DoRead read -> {
        phase = Phase.SLOT;
        yield new Output.Read(read.revision() - 1, 1);
      }
      case AppendCore.Step.Done done -> ended(done.outcome());
    };
  }

  private Output ended(AppendCore.Outcome outcome) {
    return switch (outcome) {
      case AppendCore.Outcome.Committed committed -> {
        CommittedEntry mine = Objects.requireNonNull(entry);
        ScopeState checkedAgainst = before;
        apply(mine);
        yield reply(new CommandResult.Committed(mine, checkedAgainst, /* replayed= */ false));
      }
      case AppendCore.Outcome.Conflict conflict -> {
        phase = Phase.REPLAY;
        readUpTo = conflict.actual().revision();
        yield new Output.Read(state.position().revision(), READ_MAX);
      }
      case AppendCore.Outcome.KeyTaken taken -> answerAgain(taken.existing());
      case AppendCore.Outcome.Unavailable unavailable -> failed(unavailable.detail());
      case AppendCore.Outcome.Unknown unknown ->
          reply(new CommandResult.Unavailable(unknown.detail(), /* outcomeUnknown= */ true));
    };
  }

  private void apply(CommittedEntry committed) {
    if (committed.position().revision() <= state.position().revision()) {
      return;
    }
    state = state.apply(committed);
    List<EntityId> changed = new ArrayList<>();
    Author author = Author.of(committed);
    for (Change change : committed.entry().changes()) {
      references.update(change.id(), change.body());
      authors.put(change.id(), author);
      changed.add(change.id());
    }
    view = view.advance(state, changed);
  }

  // --- the same key again

  /**
   * Answers the first success of a key again when this command is the same. A log keeps no
   * commands, only what they made; so a command is the same when its actor is the same and what was
   * written is what it asks for.
   */
  private Output answerAgain(CommittedEntry existing) {
    underKey = existing;
    TreeSet<Hash> wanted = new TreeSet<>();
    boolean same =
        existing.entry().actor().equals(command().actor()) && isOutcome(existing, wanted);
    if (!wanted.isEmpty()) {
      phase = Phase.BLOBS_FOR_KEY;
      return new Output.GetBlobs(wanted);
    }
    return reply(
        same
            ? new CommandResult.Committed(existing, /* before= */ null, /* replayed= */ true)
            : new CommandResult.KeyReused(existing));
  }

  private boolean isOutcome(CommittedEntry existing, Set<Hash> wanted) {
    Map<EntityId, EntityBody> written = new LinkedHashMap<>();
    existing.entry().changes().forEach(change -> written.put(change.id(), change.body()));
    Set<EntityId> asked = new TreeSet<>();
    for (Edit edit : command().edits()) {
      asked.add(edit.id());
      EntityBody body = written.get(edit.id());
      if (body != null && !asksFor(edit, body, wanted)) {
        return false;
      }
    }
    return asked.containsAll(written.keySet());
  }

  private boolean asksFor(Edit edit, EntityBody body, Set<Hash> wanted) {
    if (edit instanceof Edit.Delete) {
      return body instanceof EntityBody.Gone;
    }
    if (!(body instanceof EntityBody.Present present) || present.live() == null) {
      return false;
    }
    Json.Obj doc = present.live().doc();
    return switch (edit) {
      case Edit.Put put -> sameDocument(edit.id(), put.doc(), doc);
      case Edit.Merge merge -> sameDocument(edit.id(), MergePatch.apply(doc, merge.patch()), doc);
      case Edit.Keys keys -> holds(keys, doc, wanted);
      case Edit.Delete delete -> false;
    };
  }

  private static boolean sameDocument(EntityId id, Json asked, Json.Obj written) {
    Problems problems = new Problems();
    Map<Hash, byte[]> ignored = new HashMap<>();
    Json normal = asked;
    if (id.kind().equals(EntityKind.FLAG)) {
      var flag = FlagFormat.read(asked, problems, /* strict= */ true);
      var before = FlagFormat.read(written, new Problems(), /* strict= */ false);
      normal = problems.isEmpty() ? FlagFormat.write(KeyLists.store(flag, before, ignored)) : asked;
    } else if (id.kind().equals(EntityKind.SEGMENT)) {
      var segment = SegmentFormat.read(asked, problems, /* strict= */ true);
      var before = SegmentFormat.read(written, new Problems(), /* strict= */ false);
      normal =
          problems.isEmpty()
              ? SegmentFormat.write(KeyLists.store(segment, before, ignored))
              : asked;
    } else {
      normal = CommandCheck.plain(id, asked, problems);
    }
    return problems.isEmpty() && normal.equals(written);
  }

  private boolean holds(Edit.Keys edit, Json.Obj doc, Set<Hash> wanted) {
    var segment = SegmentFormat.read(doc, new Problems(), /* strict= */ false);
    KeyList list = edit.list().equals("included") ? segment.included() : segment.excluded();
    if (!(list instanceof KeyList.Stored stored)) {
      return edit.add().isEmpty();
    }
    for (Hash hash : KeyLists.touched(list, edit)) {
      if (!fetched.containsKey(hash)) {
        wanted.add(hash);
      }
    }
    return wanted.isEmpty()
        && edit.add().stream().allMatch(key -> holds(stored, key))
        && edit.remove().stream().noneMatch(key -> holds(stored, key) && !edit.add().contains(key));
  }

  private boolean holds(KeyList.Stored list, String key) {
    Hash hash = list.chunks().get(KeyChunks.indexOf(key, list.chunks().size()));
    byte[] chunk = fetched.get(hash);
    return chunk != null && chunk.length > 0 && KeyChunks.keys(chunk).contains(key);
  }

  // --- small helpers

  private Output.Reply reply(CommandResult result) {
    phase = Phase.IDLE;
    command = null;
    catalog = null;
    underKey = null;
    draft = null;
    entry = null;
    append = null;
    before = null;
    fetched.clear();
    return new Output.Reply(result);
  }

  private Command command() {
    return Objects.requireNonNull(command, "command");
  }

  private Draft draft() {
    return Objects.requireNonNull(draft, "draft");
  }

  private AppendCore core() {
    return Objects.requireNonNull(append, "append");
  }

  private void require(Phase expected) {
    if (phase != expected) {
      throw new IllegalStateException("phase: " + phase + " (expected: " + expected + ")");
    }
  }
}
