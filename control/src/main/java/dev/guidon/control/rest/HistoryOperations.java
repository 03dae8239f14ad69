package dev.guidon.control.rest;

import dev.guidon.control.Diffs;
import dev.guidon.control.Edit;
import dev.guidon.control.History;
import dev.guidon.control.Scopes;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.Instants;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Commits: making several changes at once, looking back, going back, and bringing changes over. */
final class HistoryOperations {
  private static final Set<EntityKind> KINDS =
      Set.of(EntityKind.FLAG, EntityKind.SEGMENT, EntityKind.LAYER);

  private final Scopes scopes;
  private final History history;
  private final Writes writes;
  private final EntityOperations entities;

  HistoryOperations(Scopes scopes, History history, Writes writes, EntityOperations entities) {
    this.scopes = scopes;
    this.history = history;
    this.writes = writes;
    this.entities = entities;
  }

  // --- looking back

  ApiResponse commits(ApiRequest request, ScopeId scope) {
    ScopeState present = scopes.current(scope);
    String entity = request.query().get("entity");
    EntityId only = entity == null ? null : Entities.parse("", entity);
    History.Page page = history.page(scope, start(request, present), request.limit(), only);
    List<Json> items = new ArrayList<>();
    page.entries()
        .forEach(entry -> items.add(Entities.commit(present, entry, /* withDocuments= */ false)));
    String next = page.next() == 0 ? null : Cursors.write(String.valueOf(page.next()));
    return Cursors.answer(request, Json.Obj.builder(), items, next)
        .with("Guidon-Token", present.token().text());
  }

  private static long start(ApiRequest request, ScopeState present) {
    String cursor = Cursors.read(request);
    if (cursor == null) {
      return present.position().revision();
    }
    if (!cursor.matches("[0-9]{1,15}")) {
      throw Cursors.broken(cursor);
    }
    return Math.min(Long.parseLong(cursor), present.position().revision());
  }

  ApiResponse commit(ApiRequest request) {
    ScopeState present = scopes.current(request.environment());
    CommittedEntry entry = require(request.environment(), request.parameter("revision"));
    return ApiResponse.json(200, Entities.commit(present, entry, /* withDocuments= */ true))
        .with("Guidon-Token", present.token().text());
  }

  private CommittedEntry require(ScopeId scope, String revision) {
    CommittedEntry entry =
        revision.matches("[0-9]{1,15}") ? history.entry(scope, Long.parseLong(revision)) : null;
    if (entry == null) {
      throw new ApiException(
          Code.NOT_FOUND,
          "revision " + Texts.shown(revision) + " (expected: a revision of " + scope + ")");
    }
    return entry;
  }

  ApiResponse state(ApiRequest request) {
    ScopeState state = entities.state(request, request.query().get("at"));
    String kind = request.query().get("kind");
    SortedMap<String, Json> all = new TreeMap<>();
    state
        .entities()
        .forEach((id, body) -> {
          boolean wanted =
              KINDS.contains(id.kind()) && (kind == null || kind.equals(id.kind().name()));
          if (wanted && body instanceof EntityBody.Present present && present.live() != null) {
            all.put(id.text(), Entities.entity(id, present));
          }
        });
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("token", state.token().text())
            .put("position", state.position().text())
            .put("time", Instants.text(state.timeMicros()))
            .put("hash", state.entities().root().hex());
    return Cursors.page(request, out, all).with("Guidon-Token", state.token().text());
  }

  ApiResponse diff(ApiRequest request) {
    String from = request.query().get("from");
    if (from == null) {
      throw new ApiException(
          Code.BAD_REQUEST, "query from: absent (expected: a revision or an RFC 3339 instant)");
    }
    ScopeState before = entities.state(request, from);
    ScopeState after = entities.state(request, request.query().get("to"));
    Json.Obj body =
        Json.Obj.builder()
            .put("from", before.token().text())
            .put("to", after.token().text())
            .put("entities", new Json.Arr(Diffs.between(before, after)))
            .build();
    return ApiResponse.json(200, body).with("Guidon-Token", after.token().text());
  }

  // --- several changes at once

  ApiResponse newCommit(ApiRequest request) {
    Problems problems = new Problems();
    Fields fields = new Fields(request.json(), "", problems, /* strict= */ true);
    List<Edit> edits = new ArrayList<>();
    List<String> places = new ArrayList<>();
    List<Json> items = fields.items("changes", dev.guidon.control.Command.EDITS_MAX);
    if (items.isEmpty() && problems.isEmpty()) {
      problems.invalid(fields.at("changes"), "no changes", "at least one");
    }
    for (int i = 0; i < items.size(); i++) {
      Edit edit = edit(new Fields(items.get(i), "/changes/" + i, problems, /* strict= */ true));
      if (edit != null) {
        edits.add(edit);
        String member =
            edit instanceof Edit.Put ? "/doc" : edit instanceof Edit.Merge ? "/patch" : "";
        places.add("/changes/" + i + member);
      }
    }
    fields.done();
    EntityOperations.refuseIfAny(problems);
    return writes.many(request, request.environment(), edits, /* returning= */ false, places::get);
  }

  private static @Nullable Edit edit(Fields fields) {
    String kind = fields.string("kind");
    String key = fields.string("key");
    Long basedOn = fields.optionalWhole("basedOn", 0, Json.Num.SAFE_INTEGER_MAX);
    Json doc = fields.optional("doc");
    Json patch = fields.optional("patch");
    boolean delete = fields.bool("delete", /* whenAbsent= */ false);
    fields.done();
    int wishes = (doc == null ? 0 : 1) + (patch == null ? 0 : 1) + (delete ? 1 : 0);
    if (wishes != 1) {
      fields
          .problems()
          .invalid(fields.at("doc"), wishes + " of doc, patch and delete", "exactly one");
      return null;
    }
    EntityId id;
    try {
      id = new EntityId(new EntityKind(kind), key);
    } catch (IllegalArgumentException e) {
      fields
          .problems()
          .invalid(fields.at("key"), String.valueOf(e.getMessage()), "a kind and a key");
      return null;
    }
    if (!KINDS.contains(id.kind())) {
      fields.problems().invalid(fields.at("kind"), Texts.shown(kind), "flag, segment or layer");
      return null;
    }
    if (delete) {
      return new Edit.Delete(id, basedOn);
    }
    return doc == null
        ? new Edit.Merge(id, patch == null ? Json.NULL : patch, basedOn)
        : new Edit.Put(id, doc, basedOn);
  }

  // --- going back

  ApiResponse revert(ApiRequest request) {
    Problems problems = new Problems();
    Fields fields = new Fields(request.json(), "", problems, /* strict= */ true);
    Long commit = fields.optionalWhole("commit", 1, Json.Num.SAFE_INTEGER_MAX);
    Long to = fields.optionalWhole("to", 0, Json.Num.SAFE_INTEGER_MAX);
    List<String> names = EntityOperations.strings(fields, "entities");
    boolean named = fields.has("entities");
    fields.done();
    if (problems.isEmpty() && (commit == null) == (to == null)) {
      problems.invalid("", "commit and to", "exactly one of them");
    }
    if (commit != null && named) {
      problems.invalid(fields.at("entities"), "present", "only with to");
    }
    EntityOperations.refuseIfAny(problems);
    List<Edit> edits =
        commit != null
            ? undo(request, commit)
            : returnTo(request, to == null ? 0 : to, names, named);
    if (edits.isEmpty()) {
      return nothing(request);
    }
    return writes.many(
        request, request.environment(), edits, /* returning= */ true, i -> "/entities");
  }

  private ApiResponse nothing(ApiRequest request) {
    ScopeId scope = request.environment();
    return writes.answer(
        scope, new dev.guidon.control.CommandResult.Unchanged(scopes.current(scope)));
  }

  /** Undoing is based on what the commit made: whoever changed it since is a conflict. */
  private List<Edit> undo(ApiRequest request, long commit) {
    ScopeId scope = request.environment();
    scopes.current(scope);
    CommittedEntry entry = require(scope, String.valueOf(commit));
    ScopeState before = stateAt(scope, commit - 1);
    List<Edit> edits = new ArrayList<>();
    for (Change change : entry.entry().changes()) {
      if (!KINDS.contains(change.id().kind())) {
        throw ApiException.invalid(
            "/commit",
            "a commit that changed a "
                + change.id().kind()
                + " (expected: one of flags, segments and layers)");
      }
      long made =
          change.body() instanceof EntityBody.Present ? change.body().version() : Edit.ABSENT;
      edits.add(back(change.id(), before.live(change.id()) == null ? null : before, made));
    }
    return edits;
  }

  private static Edit back(EntityId id, @Nullable ScopeState to, @Nullable Long basedOn) {
    var live = to == null ? null : to.live(id);
    return live == null ? new Edit.Delete(id, basedOn) : new Edit.Put(id, live.doc(), basedOn);
  }

  private ScopeState stateAt(ScopeId scope, long revision) {
    try {
      return history.stateAt(scope, revision);
    } catch (IllegalArgumentException e) {
      throw new ApiException(Code.NOT_FOUND, String.valueOf(e.getMessage()));
    }
  }

  private List<Edit> returnTo(
      ApiRequest request, long revision, List<String> names, boolean named) {
    ScopeState present = scopes.current(request.environment());
    ScopeState past = stateAt(request.environment(), revision);
    TreeSet<EntityId> wanted = new TreeSet<>();
    for (int i = 0; i < names.size(); i++) {
      wanted.add(Entities.parse("/entities/" + i, names.get(i)));
    }
    if (!named) {
      present.entities().forEach((id, body) -> wanted.add(id));
      past.entities().forEach((id, body) -> wanted.add(id));
    }
    List<Edit> edits = new ArrayList<>();
    for (EntityId id : wanted) {
      if (KINDS.contains(id.kind()) && differs(present.live(id), past.live(id))) {
        edits.add(back(id, past, /* basedOn= */ null));
      } else if (named && !KINDS.contains(id.kind())) {
        throw ApiException.invalid(
            "/entities", id.kind() + " (expected: flags, segments and layers)");
      }
    }
    return edits;
  }

  private static boolean differs(
      dev.guidon.model.@Nullable Versioned a, dev.guidon.model.@Nullable Versioned b) {
    return a == null ? b != null : b == null || !a.doc().equals(b.doc());
  }

  // --- bringing over

  ApiResponse promote(ApiRequest request) {
    Problems problems = new Problems();
    Fields fields = new Fields(request.json(), "", problems, /* strict= */ true);
    String from = fields.string("from");
    List<String> names = EntityOperations.strings(fields, "entities");
    boolean named = fields.has("entities");
    String on = fields.optionalString("on");
    fields.done();
    if (!ScopeId.isKey(from)) {
      problems.invalid(fields.at("from"), Texts.shown(from), "an environment's key");
    } else if (from.equals(request.environment().environment())) {
      problems.invalid(fields.at("from"), Texts.shown(from), "another environment");
    }
    if (on != null && !on.equals("copy") && !on.equals("keep")) {
      problems.invalid(fields.at("on"), Texts.shown(on), "copy or keep");
    }
    EntityOperations.refuseIfAny(problems);
    ScopeState source = scopes.current(new ScopeId.Environment(request.project(), from));
    ScopeState target = scopes.current(request.environment());
    Set<EntityId> wanted = wanted(source, names, named);
    alongWith(wanted, source, target);
    List<Edit> edits = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (EntityId id : wanted) {
      Json.Obj doc = brought(id, source, target, "keep".equals(on));
      EntityBody.Present here = target.present(id);
      if (here == null || here.live() == null || !here.live().doc().equals(doc)) {
        edits.add(new Edit.Put(id, doc, here == null ? null : Long.valueOf(here.version())));
        places.add("/entities/" + (names.contains(id.text()) ? names.indexOf(id.text()) : 0));
      }
    }
    return edits.isEmpty()
        ? nothing(request)
        : writes.many(request, request.environment(), edits, /* returning= */ false, places::get);
  }

  private static Set<EntityId> wanted(ScopeState source, List<String> names, boolean named) {
    TreeSet<EntityId> wanted = new TreeSet<>();
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      EntityId id = Entities.parse("/entities/" + i, names.get(i));
      wanted.add(id);
      if (!KINDS.contains(id.kind()) || source.live(id) == null) {
        problems.add(
            new Problem(
                Problem.Code.DANGLING_REFERENCE,
                "/entities/" + i,
                Texts.shown(names.get(i))
                    + " (expected: a flag, segment or layer of "
                    + source.scope()
                    + ")"));
      }
    }
    if (!problems.isEmpty()) {
      throw ApiException.invalid(problems);
    }
    if (!named) {
      source
          .entities()
          .forEach((id, body) -> {
            if (KINDS.contains(id.kind()) && source.live(id) != null) {
              wanted.add(id);
            }
          });
    }
    return wanted;
  }

  /** What is named and not here yet comes along, and what that names. */
  private static void alongWith(Set<EntityId> wanted, ScopeState source, ScopeState target) {
    List<EntityId> open = new ArrayList<>(wanted);
    while (!open.isEmpty()) {
      EntityId id = open.removeLast();
      for (EntityId needed : dev.guidon.control.Referrers.namedBy(source, id)) {
        if (target.live(needed) == null && source.live(needed) != null && wanted.add(needed)) {
          open.add(needed);
        }
      }
    }
  }

  private static Json.Obj brought(
      EntityId id, ScopeState source, ScopeState target, boolean keepOn) {
    var from = source.live(id);
    var here = target.live(id);
    Json.Obj doc = from == null ? Json.Obj.of() : from.doc();
    if (keepOn
        && here != null
        && id.kind().equals(EntityKind.FLAG)
        && doc.get("envelope") instanceof Json.Obj envelope
        && here.doc().get("envelope") instanceof Json.Obj old
        && old.get("on") instanceof Json.Bool on) {
      return doc.with("envelope", envelope.with("on", on));
    }
    return doc;
  }
}
