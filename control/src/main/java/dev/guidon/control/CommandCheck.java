package dev.guidon.control;

import dev.guidon.model.Change;
import dev.guidon.model.Condition;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.KeyList;
import dev.guidon.model.Layer;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Priority;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.Serve;
import dev.guidon.model.Texts;
import dev.guidon.model.Versioned;
import dev.guidon.model.View;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One check of one command against one image. Collects everything that is wrong. Used once. */
final class CommandCheck {
  private static final int BULK_FROM = 51;

  private final Command command;
  private final ScopeState state;
  private final View view;
  private final References references;
  private final @Nullable ScopeState catalog;
  private final Map<Hash, byte[]> fetched;
  private final Limits limits;
  private final ViewCheck viewCheck;

  private final Map<EntityId, EntityBody> changes = new LinkedHashMap<>();
  private final Map<EntityId, Integer> editOf = new HashMap<>();
  private final Map<Hash, byte[]> blobs = new LinkedHashMap<>();
  private final SortedSet<Hash> wanted = new TreeSet<>();
  private final List<EditProblem> problems = new ArrayList<>();
  private final ReadSet reads = new ReadSet();
  private CommandResult.@Nullable Conflicted conflict;

  /**
   * @param view of the state, live versions only
   * @param fetched blobs that the log was asked for; one that it does not have is an empty array
   */
  CommandCheck(
      Command command,
      ScopeState state,
      View view,
      References references,
      @Nullable ScopeState catalog,
      Map<Hash, byte[]> fetched,
      Limits limits,
      ViewCheck viewCheck) {
    this.command = command;
    this.state = state;
    this.view = view;
    this.references = references;
    this.catalog = catalog;
    this.fetched = fetched;
    this.limits = limits;
    this.viewCheck = viewCheck;
  }

  Draft run() {
    if (command.edits().isEmpty() || command.edits().size() > Command.EDITS_MAX) {
      add(
          -1,
          Problem.Code.TOO_LARGE,
          "",
          command.edits().size() + " edits (expected: 1 to " + Command.EDITS_MAX + ")");
    } else {
      for (int i = 0; i < command.edits().size(); i++) {
        edit(i, command.edits().get(i));
      }
      if (wanted.isEmpty() && conflict == null) {
        checkTogether();
      }
    }
    List<Change> list = new ArrayList<>();
    changes.forEach((id, body) -> list.add(new Change(id, body)));
    return new Draft(list, blobs, priority(), problems, conflict, wanted, reads);
  }

  // --- one edit at a time

  private void edit(int index, Edit edit) {
    EntityId id = edit.id();
    if (!Documents.kindsIn(state.scope()).contains(id.kind())) {
      add(
          index,
          Problem.Code.INVALID,
          "",
          "kind "
              + id.kind()
              + " (expected: one of "
              + new TreeSet<>(Documents.kindsIn(state.scope()))
              + " in scope "
              + state.scope()
              + ")");
      return;
    }
    if (editOf.putIfAbsent(id, index) != null) {
      add(
          index,
          Problem.Code.INVALID,
          "",
          "a second edit of " + shown(id) + " (expected: one edit per entity)");
      return;
    }
    reads.body(id, state);
    EntityBody body = state.entities().get(id);
    if (isConflict(index, edit, body)) {
      return;
    }
    if (body instanceof EntityBody.Present present && present.candidate() != null) {
      add(
          index,
          Problem.Code.INVALID,
          "",
          shown(id) + " has a candidate (expected: no running release)");
      return;
    }
    switch (edit) {
      case Edit.Put put -> put(index, id, put.doc(), body);
      case Edit.Merge merge -> merge(index, merge, body);
      case Edit.Delete delete -> delete(index, id, body);
      case Edit.Keys keys -> keys(index, keys, body);
    }
  }

  private boolean isConflict(int index, Edit edit, @Nullable EntityBody body) {
    Long basedOn = edit.basedOn();
    if (basedOn == null) {
      return false;
    }
    long now = body instanceof EntityBody.Present ? body.version() : Edit.ABSENT;
    if (now == basedOn) {
      return false;
    }
    if (conflict == null) {
      conflict =
          new CommandResult.Conflicted(
              index, edit.id(), basedOn, body, /* author= */ null, edit, state);
    }
    return true;
  }

  private void merge(int index, Edit.Merge merge, @Nullable EntityBody body) {
    Json.Obj old = live(body);
    if (old == null) {
      add(
          index,
          Problem.Code.DANGLING_REFERENCE,
          "",
          shown(merge.id()) + " (expected: an entity that is there)");
      return;
    }
    put(index, merge.id(), MergePatch.apply(old, merge.patch()), body);
  }

  private void put(int index, EntityId id, Json doc, @Nullable EntityBody body) {
    Problems found = new Problems();
    Json.Obj written;
    try {
      written = normalise(id, doc, body, found);
    } catch (IllegalArgumentException e) {
      found.add(Problem.Code.INVALID, "", String.valueOf(e.getMessage()));
      written = Json.Obj.of();
    }
    found.list().forEach(problem -> problems.add(new EditProblem(index, problem)));
    if (!found.isEmpty() || written.equals(live(body))) {
      return;
    }
    if (body instanceof EntityBody.Gone gone
        && !EntityBody.live(id, gone.version(), written).hash().equals(gone.last())) {
      add(
          index,
          Problem.Code.INVALID,
          "/key",
          shown(id)
              + " was deleted (expected: another key, or exactly version "
              + gone.version()
              + " to restore it)");
      return;
    }
    checkSize(index, CanonicalJson.bytes(written).length, isOff(id, written), body);
    changes.put(id, EntityBody.live(id, body == null ? 1 : body.version() + 1, written));
  }

  /** {@code false} is a byte longer than {@code true}, and must not be what is too much. */
  private void checkSize(int index, int bytes, boolean isOff, @Nullable EntityBody body) {
    if (bytes > limits.documentBytesMax() + (isOff ? 1 : 0)) {
      add(
          index,
          Problem.Code.TOO_LARGE,
          "",
          bytes + " bytes (expected: at most " + limits.documentBytesMax() + ")");
      return;
    }
    Json.Obj old = live(body);
    if (old == null || command.allowGrowth() || bytes <= limits.growthFreeBytes()) {
      return;
    }
    int before = CanonicalJson.bytes(old).length;
    if (bytes > 2L * Math.max(before, limits.growthFreeBytes())) {
      add(
          index,
          Problem.Code.TOO_LARGE,
          "",
          "growth from "
              + before
              + " to "
              + bytes
              + " bytes (expected: at most twice as large, or allowGrowth=true)");
    }
  }

  private static boolean isOff(EntityId id, Json.Obj doc) {
    return id.kind().equals(EntityKind.FLAG)
        && doc.get("envelope") instanceof Json.Obj envelope
        && Json.of(false).equals(envelope.get("on"));
  }

  private void delete(int index, EntityId id, @Nullable EntityBody body) {
    if (!(body instanceof EntityBody.Present present)) {
      if (body == null) {
        add(
            index,
            Problem.Code.DANGLING_REFERENCE,
            "",
            shown(id) + " (expected: an entity that is there)");
      }
      return;
    }
    changes.put(id, EntityBody.gone(id, body.version(), typeOf(id, present), body.hash()));
  }

  private static @Nullable String typeOf(EntityId id, EntityBody.Present present) {
    Json.Obj doc = live(present);
    if (doc == null) {
      return null;
    }
    Json type = doc.get("type");
    if (id.kind().equals(EntityKind.FLAG) && doc.get("envelope") instanceof Json.Obj envelope) {
      type = envelope.get("type");
    }
    return type instanceof Json.Str s ? s.value() : null;
  }

  private void keys(int index, Edit.Keys edit, @Nullable EntityBody body) {
    Json.Obj old = live(body);
    if (!edit.id().kind().equals(EntityKind.SEGMENT) || old == null) {
      add(
          index,
          Problem.Code.DANGLING_REFERENCE,
          "",
          shown(edit.id()) + " (expected: a segment that is there)");
      return;
    }
    if (!edit.list().equals("included") && !edit.list().equals("excluded")) {
      add(
          index,
          Problem.Code.INVALID,
          "/list",
          Texts.shown(edit.list()) + " (expected: included or excluded)");
      return;
    }
    boolean goodAdd = checkKeys(index, "/add/", edit.add());
    boolean goodRemove = checkKeys(index, "/remove/", edit.remove());
    if (!goodAdd || !goodRemove) {
      return;
    }
    Segment segment = SegmentFormat.read(old, new Problems(), /* strict= */ false);
    boolean included = edit.list().equals("included");
    KeyList list = included ? segment.included() : segment.excluded();
    KeyLists.Edited edited;
    try {
      edited = KeyLists.edit(list, edit, this::blob);
    } catch (IllegalArgumentException e) {
      add(index, Problem.Code.TOO_LARGE, "/add", String.valueOf(e.getMessage()));
      return;
    }
    if (edited == null) {
      sayErased(index, "/" + edit.list(), list);
      return;
    }
    if (edited.list().count() > KeyChunks.KEYS_MAX) {
      add(
          index,
          Problem.Code.TOO_LARGE,
          "/add",
          edited.list().count() + " keys (expected: at most " + KeyChunks.KEYS_MAX + ")");
      return;
    }
    blobs.putAll(edited.blobs());
    Segment next =
        new Segment(
            segment.key(),
            segment.kind(),
            segment.when(),
            included ? edited.list() : segment.included(),
            included ? segment.excluded() : edited.list());
    checkEmptying(index, "/" + edit.list(), list, edited.list());
    Json.Obj written = SegmentFormat.write(next);
    if (!written.equals(old)) {
      changes.put(edit.id(), EntityBody.live(edit.id(), versionAfter(body), written));
    }
  }

  private static long versionAfter(@Nullable EntityBody body) {
    return body == null ? 1 : body.version() + 1;
  }

  private boolean checkKeys(int index, String place, List<String> keys) {
    boolean good = true;
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).isEmpty() || keys.get(i).length() > KeyChunks.KEY_CHARS_MAX) {
        add(
            index,
            Problem.Code.INVALID,
            place + i,
            Texts.shown(keys.get(i))
                + " (expected: 1 to "
                + KeyChunks.KEY_CHARS_MAX
                + " characters)");
        good = false;
      }
    }
    return good;
  }

  // --- documents

  private Json.Obj normalise(EntityId id, Json doc, @Nullable EntityBody body, Problems found) {
    EntityKind kind = id.kind();
    if (kind.equals(EntityKind.FLAG)) {
      return flag(id, doc, body, found);
    }
    if (kind.equals(EntityKind.SEGMENT)) {
      return segment(id, doc, body, found);
    }
    if (kind.equals(EntityKind.ENVIRONMENT)) {
      return environment(id, doc, found);
    }
    return kind.equals(EntityKind.DECLARATION)
        ? declaration(id, doc, body, found)
        : plain(id, doc, found);
  }

  /** Documents that are judged without a look at anything else, in normal form. */
  static Json.Obj plain(EntityId id, Json doc, Problems found) {
    EntityKind kind = id.kind();
    if (kind.equals(EntityKind.LAYER)) {
      Layer layer = LayerFormat.read(doc, found, /* strict= */ true);
      requireKey(id, layer.key().value(), "/key", found);
      return LayerFormat.write(layer);
    }
    if (kind.equals(EntityKind.SDK_KEY)) {
      SdkKey key = SdkKey.read(doc, found, /* strict= */ true);
      requireKey(id, key.name(), "/key", found);
      return key.json();
    }
    if (kind.equals(EntityKind.CREDENTIAL)) {
      Credential credential = Credential.read(doc, found, /* strict= */ true);
      requireKey(id, credential.name(), "/key", found);
      return credential.json();
    }
    if (kind.equals(EntityKind.PROJECT)) {
      return Documents.project(id, doc, found);
    }
    return kind.equals(EntityKind.ENVIRONMENT)
        ? Documents.environment(id, doc, found)
        : Documents.declaration(id, doc, found);
  }

  private static void requireKey(EntityId id, String key, String pointer, Problems found) {
    if (!key.equals(id.key())) {
      found.invalid(pointer, Texts.shown(key), Texts.shown(id.key()) + ", as in the address");
    }
  }

  private Json.Obj flag(EntityId id, Json doc, @Nullable EntityBody body, Problems found) {
    Flag flag = FlagFormat.read(doc, found, /* strict= */ true);
    requireKey(id, flag.key().value(), "/envelope/key", found);
    Json.Obj old = live(body);
    Flag before = old == null ? null : FlagFormat.read(old, new Problems(), /* strict= */ false);
    checkType(flag, before, found);
    if (!found.isEmpty()) {
      return Json.Obj.of();
    }
    Flag stored = KeyLists.store(flag, before, blobs);
    for (int i = 0; i < stored.targets().size(); i++) {
      checkStored("/targets/" + i + "/keys", stored.targets().get(i).keys(), old, found);
    }
    return FlagFormat.write(stored);
  }

  /**
   * A key means one type for ever: as the catalog declares it, and as it was in this environment
   * before.
   */
  private void checkType(Flag flag, @Nullable Flag before, Problems found) {
    String type = flag.envelope().type().text();
    if (before != null && !before.envelope().type().text().equals(type)) {
      found.invalid(
          "/envelope/type",
          Texts.shown(type),
          before.envelope().type().text() + ", which a flag keeps for life");
      return;
    }
    if (catalog == null) {
      return;
    }
    Versioned declaration = catalog.live(new EntityId(EntityKind.DECLARATION, flag.key().value()));
    if (declaration == null) {
      if (before != null && !flag.envelope().on()) {
        return; // A flag that the catalog has lost can still be turned off.
      }
      found.add(
          Problem.Code.DANGLING_REFERENCE,
          "/envelope/key",
          Texts.shown(flag.key().value())
              + " (expected: a flag that the project's catalog declares)");
    } else if (declaration.doc().get("type") instanceof Json.Str declared
        && !declared.value().equals(type)) {
      found.invalid(
          "/envelope/type", Texts.shown(type), declared.value() + ", as the catalog declares it");
    }
  }

  private Json.Obj segment(EntityId id, Json doc, @Nullable EntityBody body, Problems found) {
    Segment segment = SegmentFormat.read(doc, found, /* strict= */ true);
    requireKey(id, segment.key().value(), "/key", found);
    if (!found.isEmpty()) {
      return Json.Obj.of();
    }
    Json.Obj old = live(body);
    Segment before =
        old == null ? null : SegmentFormat.read(old, new Problems(), /* strict= */ false);
    Segment stored = KeyLists.store(segment, before, blobs);
    checkStored("/included", stored.included(), old, found);
    checkStored("/excluded", stored.excluded(), old, found);
    Integer index = editOf.get(id);
    if (before != null && index != null) {
      checkEmptying(index, "/included", before.included(), stored.included());
      checkEmptying(index, "/excluded", before.excluded(), stored.excluded());
    }
    return SegmentFormat.write(stored);
  }

  private void checkEmptying(int index, String place, KeyList before, KeyList after) {
    if (!command.allowGrowth()
        && KeyLists.count(after) == 0
        && KeyLists.count(before) > limits.emptyingFreeKeys()) {
      add(
          index,
          Problem.Code.INVALID,
          place,
          "0 keys instead of "
              + KeyLists.count(before)
              + " (expected: at least one key, or allowGrowth=true)");
    }
  }

  /**
   * Chunks that an author names must be here: those of the version before, of this very command, or
   * of the log.
   */
  private void checkStored(String place, KeyList list, Json.@Nullable Obj old, Problems found) {
    List<Hash> chunks = KeyLists.chunks(list);
    if (chunks.isEmpty() || blobs.keySet().containsAll(chunks)) {
      return;
    }
    Set<String> known = new HashSet<>();
    if (old != null) {
      collectStrings(old, known);
    }
    long keys = 0;
    boolean counted = true;
    for (Hash chunk : chunks) {
      if (blobs.containsKey(chunk) || known.contains(chunk.hex())) {
        counted = false;
        continue;
      }
      byte[] bytes = blob(chunk);
      if (bytes != null) {
        keys += countKeys(place, bytes, found);
      } else if (!wanted.contains(chunk)) {
        found.add(
            Problem.Code.DANGLING_REFERENCE,
            place,
            chunk.hex() + " (expected: a chunk that is kept here)");
      }
    }
    boolean whole = counted && wanted.isEmpty() && found.isEmpty();
    if (whole && list instanceof KeyList.Stored stored && stored.count() != keys) {
      found.invalid(
          place + "/count", String.valueOf(stored.count()), keys + ", the keys of its chunks");
    }
  }

  private static long countKeys(String place, byte[] chunk, Problems found) {
    try {
      return KeyChunks.keys(chunk).size();
    } catch (InvalidDocumentException | dev.guidon.model.json.JsonException e) {
      found.invalid(place, "a blob that is no list of keys", "a chunk of keys");
      return 0;
    }
  }

  private static void collectStrings(Json json, Set<String> into) {
    switch (json) {
      case Json.Obj object ->
          object.members().values().forEach(value -> collectStrings(value, into));
      case Json.Arr array -> array.items().forEach(value -> collectStrings(value, into));
      case Json.Str text -> into.add(text.value());
      case Json.Num n -> {}
      case Json.Bool b -> {}
      case Json.Null n -> {}
    }
  }

  private void sayErased(int index, String place, KeyList list) {
    for (Hash chunk : KeyLists.chunks(list)) {
      byte[] bytes = fetched.get(chunk);
      if (bytes != null && bytes.length == 0) {
        add(
            index,
            Problem.Code.DANGLING_REFERENCE,
            place,
            "ERASED chunk " + chunk.hex() + " (expected: chunks that are kept here)");
        return;
      }
    }
  }

  /** A blob, or {@code null}: then it is wanted, or known not to be here. */
  private byte @Nullable [] blob(Hash hash) {
    byte[] made = blobs.get(hash);
    if (made != null) {
      return made;
    }
    byte[] bytes = fetched.get(hash);
    if (bytes == null) {
      wanted.add(hash);
      return null;
    }
    return bytes.length == 0 ? null : bytes;
  }

  private Json.Obj environment(EntityId id, Json doc, Problems found) {
    Json.Obj written = Documents.environment(id, doc, found);
    if (written.get("project") instanceof Json.Str project && ScopeId.isKey(project.value())) {
      EntityId owner = new EntityId(EntityKind.PROJECT, project.value());
      if (find(owner) == null) {
        found.add(
            Problem.Code.DANGLING_REFERENCE,
            "/project",
            Texts.shown(project.value()) + " (expected: a project that is there)");
      }
    }
    return written;
  }

  private static Json.Obj declaration(
      EntityId id, Json doc, @Nullable EntityBody body, Problems found) {
    Json.Obj written = Documents.declaration(id, doc, found);
    Json.Obj old = live(body);
    if (old != null && found.isEmpty() && !type(written).equals(type(old))) {
      found.invalid(
          "/type",
          Texts.shown(type(written)),
          Texts.shown(type(old)) + ", which a flag keeps for life");
    }
    return written;
  }

  private static String type(Json.Obj declaration) {
    return declaration.get("type") instanceof Json.Str s ? s.value() : "";
  }

  // --- all edits together

  private void checkTogether() {
    if (!problems.isEmpty()) {
      return;
    }
    checkCount();
    for (Map.Entry<EntityId, EntityBody> change : changes.entrySet()) {
      int index = editOf.getOrDefault(change.getKey(), -1);
      if (change.getValue() instanceof EntityBody.Present present) {
        checkReferences(index, change.getKey(), present);
      } else {
        checkDeletable(index, change.getKey());
      }
      checkReferrers(index, change.getKey());
    }
    checkCycles();
    if (problems.isEmpty() && state.scope() instanceof ScopeId.Environment && !changes.isEmpty()) {
      checkView();
    }
  }

  /** Only what is new can be too much: a full scope must still let its flags be turned off. */
  private void checkCount() {
    long added = 0;
    for (Map.Entry<EntityId, EntityBody> change : changes.entrySet()) {
      added += isPresent(change.getValue()) ? 1 : 0;
      added -= isPresent(state.entities().get(change.getKey())) ? 1 : 0;
    }
    if (added <= 0 || state.entities().size() + added <= limits.entitiesMax()) {
      return;
    }
    long[] present = {added};
    state.entities().forEach((id, body) -> present[0] += isPresent(body) ? 1 : 0);
    if (present[0] > limits.entitiesMax()) {
      add(
          -1,
          Problem.Code.TOO_LARGE,
          "",
          present[0]
              + " entities in "
              + state.scope()
              + " (expected: at most "
              + limits.entitiesMax()
              + ")");
    }
  }

  private static boolean isPresent(@Nullable EntityBody body) {
    return body instanceof EntityBody.Present;
  }

  private EntityBody.@Nullable Present find(EntityId id) {
    reads.body(id, state);
    EntityBody body = changes.containsKey(id) ? changes.get(id) : state.entities().get(id);
    return body instanceof EntityBody.Present present ? present : null;
  }

  private void checkReferences(int index, EntityId id, EntityBody.Present present) {
    Json.Obj doc = live(present);
    if (doc == null) {
      return;
    }
    if (id.kind().equals(EntityKind.FLAG)) {
      checkFlag(index, FlagFormat.read(doc, new Problems(), /* strict= */ false));
    } else if (id.kind().equals(EntityKind.SEGMENT)) {
      Segment segment = SegmentFormat.read(doc, new Problems(), /* strict= */ false);
      checkCondition(index, "/if", segment.when());
    } else if (id.kind().equals(EntityKind.LAYER)) {
      checkLayer(index, LayerFormat.read(doc, new Problems(), /* strict= */ false));
    }
  }

  private void checkFlag(int index, Flag flag) {
    for (int i = 0; i < flag.prerequisites().size(); i++) {
      checkPrerequisite(index, "/prerequisites/" + i, flag.prerequisites().get(i));
    }
    if (flag.layer() != null) {
      requireThere(index, "/layer", EntityId.layer(flag.layer().value()));
    }
    for (int i = 0; i < flag.rules().size(); i++) {
      Flag.Rule rule = flag.rules().get(i);
      checkCondition(index, "/rules/" + i + "/if", rule.when());
      checkServe(index, "/rules/" + i + "/serve", rule.serve());
    }
    checkServe(index, "/default", flag.defaultServe());
  }

  private void checkPrerequisite(int index, String place, Flag.Prerequisite wanted) {
    EntityBody.Present other =
        requireThere(index, place + "/flag", EntityId.flag(wanted.flag().value()));
    Json.Obj doc = live(other);
    if (doc == null) {
      return;
    }
    Set<String> variants = FlagFormat.readEnvelope(doc, new Problems()).variants().keySet();
    for (String variant : wanted.variants()) {
      if (!variants.contains(variant)) {
        add(
            index,
            Problem.Code.DANGLING_REFERENCE,
            place + "/variants",
            Texts.shown(variant)
                + " (expected: one of the variants of "
                + Texts.shown(wanted.flag().value())
                + ": "
                + variants
                + ")");
      }
    }
  }

  private void checkCondition(int index, String place, @Nullable Condition condition) {
    switch (condition) {
      case null -> {}
      case Condition.All all -> checkParts(index, place + "/all/", all.parts());
      case Condition.Any any -> checkParts(index, place + "/any/", any.parts());
      case Condition.Not not -> checkCondition(index, place + "/not", not.part());
      case Condition.InSegment in ->
          requireThere(index, place + "/segment", EntityId.segment(in.segment().value()));
      case Condition.Test test -> {}
    }
  }

  private void checkParts(int index, String place, List<Condition> parts) {
    for (int i = 0; i < parts.size(); i++) {
      checkCondition(index, place + i, parts.get(i));
    }
  }

  private void checkServe(int index, String place, Serve serve) {
    if (serve instanceof Serve.Learned learned) {
      try {
        requireThere(
            index, place + "/policy/key", new EntityId(EntityKind.POLICY, learned.policy()));
      } catch (IllegalArgumentException e) {
        add(index, Problem.Code.INVALID, place + "/policy/key", String.valueOf(e.getMessage()));
      }
    }
  }

  private void checkLayer(int index, Layer layer) {
    for (int i = 0; i < layer.ranges().size(); i++) {
      Layer.Range range = layer.ranges().get(i);
      String place = "/ranges/" + i;
      Json.Obj doc =
          live(requireThere(index, place + "/flag", EntityId.flag(range.flag().value())));
      if (doc != null && !ruleIds(doc).contains(range.rule())) {
        add(
            index,
            Problem.Code.DANGLING_REFERENCE,
            place + "/rule",
            Texts.shown(range.rule())
                + " (expected: the id of a rule of flag "
                + Texts.shown(range.flag().value())
                + ")");
      }
    }
  }

  private static Set<String> ruleIds(Json.Obj flag) {
    Set<String> ids = new HashSet<>();
    FlagFormat.read(flag, new Problems(), /* strict= */ false)
        .rules()
        .forEach(rule -> ids.add(rule.id()));
    return ids;
  }

  private EntityBody.@Nullable Present requireThere(int index, String place, EntityId id) {
    EntityBody.Present there = find(id);
    if (there == null) {
      add(
          index,
          Problem.Code.DANGLING_REFERENCE,
          place,
          Texts.shown(id.key()) + " (expected: a " + id.kind() + " of " + state.scope() + ")");
    }
    return there;
  }

  private void checkDeletable(int index, EntityId id) {
    if (id.kind().equals(EntityKind.FLAG) && catalog != null) {
      Versioned declaration = catalog.live(new EntityId(EntityKind.DECLARATION, id.key()));
      boolean active =
          declaration != null
              && !(declaration.doc().get("lifecycle") instanceof Json.Str s
                  && s.value().equals("archived"));
      if (active) {
        add(
            index,
            Problem.Code.INVALID,
            "",
            shown(id) + " is active in the catalog (expected: archived or deleted there first)");
      }
    }
    if (id.kind().equals(EntityKind.PROJECT)) {
      state
          .entities()
          .forEach((other, body) -> {
            boolean inside =
                other.kind().equals(EntityKind.ENVIRONMENT)
                    && other.key().startsWith(id.key() + "/");
            if (inside && body instanceof EntityBody.Present && !changes.containsKey(other)) {
              add(
                  index,
                  Problem.Code.INVALID,
                  "",
                  shown(id)
                      + " has environment "
                      + Texts.shown(other.key())
                      + " (expected: no environment)");
            }
          });
    }
  }

  /** Those who name a changed entity must still find in it what they name. */
  private void checkReferrers(int index, EntityId id) {
    reads.referrers(id, references);
    for (EntityId referrer : references.to(id)) {
      if (changes.containsKey(referrer)) {
        continue; // Checked from its own side.
      }
      EntityBody.Present there = find(referrer);
      if (there == null) {
        continue;
      }
      if (find(id) == null) {
        add(
            index,
            Problem.Code.DANGLING_REFERENCE,
            "",
            shown(id)
                + " is named by "
                + shown(referrer)
                + " (expected: named by nothing before it is deleted)");
        continue;
      }
      int before = problems.size();
      checkReferences(index, referrer, there);
      for (int i = before; i < problems.size(); i++) {
        Problem problem = problems.get(i).problem();
        String where = shown(referrer) + " " + problem.pointer() + ": ";
        problems.set(
            i, new EditProblem(index, new Problem(problem.code(), "", where + problem.message())));
      }
    }
  }

  /**
   * Prerequisites among flags, and segments within segments, over live and candidate versions
   * together.
   */
  private void checkCycles() {
    for (EntityId id : changes.keySet()) {
      boolean walks = id.kind().equals(EntityKind.FLAG) || id.kind().equals(EntityKind.SEGMENT);
      List<EntityId> cycle = walks ? cycleThrough(id) : List.of();
      if (!cycle.isEmpty()) {
        List<String> names = new ArrayList<>();
        cycle.forEach(step -> names.add(shown(step)));
        add(
            editOf.getOrDefault(id, -1),
            Problem.Code.INVALID,
            id.kind().equals(EntityKind.FLAG) ? "/prerequisites" : "/if",
            "cycle " + String.join(" → ", names) + " (expected: none)");
        return;
      }
    }
  }

  private List<EntityId> cycleThrough(EntityId start) {
    Map<EntityId, EntityId> cameFrom = new HashMap<>();
    List<EntityId> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      EntityId id = open.removeLast();
      for (EntityId next : named(id)) {
        if (next.equals(start)) {
          return path(start, id, cameFrom);
        }
        if (next.kind().equals(start.kind()) && cameFrom.putIfAbsent(next, id) == null) {
          open.add(next);
        }
      }
    }
    return List.of();
  }

  private Set<EntityId> named(EntityId id) {
    reads.body(id, state);
    return changes.containsKey(id) ? References.of(id, changes.get(id)) : references.from(id);
  }

  private static List<EntityId> path(
      EntityId start, EntityId last, Map<EntityId, EntityId> cameFrom) {
    List<EntityId> path = new ArrayList<>(List.of(start));
    EntityId step = last;
    while (!step.equals(start)) {
      path.add(1, step);
      EntityId before = cameFrom.get(step);
      step = before == null ? start : before;
    }
    path.add(start);
    return path;
  }

  private void checkView() {
    ScopeState next =
        new ScopeState(
            state.scope(),
            state.position().next(),
            state.chain(),
            state.timeMicros(),
            state.entities().with(changes));
    for (ViewCheck.Refused refused : viewCheck.check(view.advance(next, changes.keySet()))) {
      // What was refused before and is not touched blocks nobody: least of all a flag being turned
      // off.
      if (changes.containsKey(refused.entity()) || namesChanged(refused.entity())) {
        Problem.Code code =
            refused.code().equals("UNSUPPORTED") ? Problem.Code.UNSUPPORTED : Problem.Code.INVALID;
        add(
            editOf.getOrDefault(refused.entity(), -1),
            code,
            "",
            shown(refused.entity())
                + " would be refused: "
                + refused.code()
                + ", "
                + refused.detail());
      }
    }
  }

  private boolean namesChanged(EntityId id) {
    return references.from(id).stream().anyMatch(changes::containsKey);
  }

  // --- lane

  private Priority priority() {
    if (!changes.isEmpty()
        && (command.returning()
            ? allDecide()
            : changes.entrySet().stream().allMatch(this::turnsOff))) {
      return Priority.EMERGENCY;
    }
    return changes.size() >= BULK_FROM ? Priority.BULK : Priority.NORMAL;
  }

  /** A deletion returns to no version that was proven. */
  private boolean allDecide() {
    return changes.keySet().stream().noneMatch(id -> id.kind().equals(EntityKind.SDK_KEY))
        && changes.values().stream().allMatch(CommandCheck::isPresent)
        && state.scope() instanceof ScopeId.Environment;
  }

  private boolean turnsOff(Map.Entry<EntityId, EntityBody> change) {
    Json.Obj before = live(state.entities().get(change.getKey()));
    Json.Obj after = live(change.getValue());
    return change.getKey().kind().equals(EntityKind.FLAG)
        && before != null
        && after != null
        && before.get("envelope") instanceof Json.Obj envelope
        && Json.of(true).equals(envelope.get("on"))
        && after.equals(before.with("envelope", envelope.with("on", Json.of(false))));
  }

  // --- small helpers

  private static Json.@Nullable Obj live(@Nullable EntityBody body) {
    return body instanceof EntityBody.Present present && present.live() != null
        ? present.live().doc()
        : null;
  }

  private static String shown(EntityId id) {
    return id.kind() + " " + Texts.shown(id.key());
  }

  private void add(int edit, Problem.Code code, String pointer, String message) {
    problems.add(new EditProblem(edit, new Problem(code, pointer, message)));
  }
}
