package dev.guidon.cli;

import dev.guidon.model.FlagFormat;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must change in an environment so that it is as files say.
 *
 * <p>Both sides are compared in their full form: the server writes defaults out and keeps key lists
 * as hashes of chunks, so a file is read as strictly as the server would, written the same way, and
 * its keys are hashed into the same chunks.
 */
record Plan(List<Step> steps) {
  /**
   * @param before {@code null} for what is not there yet
   * @param after {@code null} for what is to go
   * @param basedOn the version that {@code before} was; 0 when there was none
   */
  record Step(
      EntityDoc.Kind kind, String key, @Nullable Json before, @Nullable Json after, long basedOn) {
    String id() {
      return kind.one() + " " + key;
    }

    String change() {
      return before == null ? "added" : after == null ? "removed" : "changed";
    }

    List<String> lines() {
      return before == null || after == null ? List.of() : DocumentDiff.changes(before, after);
    }

    /** As the commit operation takes it. */
    Json edit() {
      Json.Obj.Builder edit =
          Json.Obj.builder().put("kind", kind.one()).put("key", key).put("basedOn", basedOn);
      return after == null ? edit.put("delete", true).build() : edit.put("doc", after).build();
    }

    /** As the API words a difference. */
    Json diff() {
      return Json.Obj.builder()
          .put("kind", kind.one())
          .put("key", key)
          .put("change", change())
          .put("summary", Members.array(lines()))
          .build();
    }
  }

  Plan {
    steps = List.copyOf(steps);
  }

  /**
   * @param state the entities of the environment as the API lists them
   * @param prune whether what no file holds goes, of the kinds that files hold at all
   */
  static Plan of(List<EntityDoc> wanted, List<Json.Obj> state, boolean prune) {
    requireValid(wanted);
    Map<String, Json.Obj> present = new LinkedHashMap<>();
    for (Json.Obj item : state) {
      present.put(Members.text(item, "kind") + " " + Members.text(item, "key"), item);
    }
    List<Step> steps = new ArrayList<>();
    for (EntityDoc entity : wanted) {
      Json.Obj item = present.remove(entity.id());
      Json before = Members.at(item, "doc");
      Json after = sameKeys(before, full(entity, new Problems()));
      if (!after.equals(before)) {
        steps.add(
            new Step(
                entity.kind(),
                entity.key(),
                before,
                after,
                Math.max(0, Members.whole(item, "version"))));
      }
    }
    if (prune) {
      present.values().forEach(item -> addRemoval(steps, wanted, item));
    }
    return new Plan(steps);
  }

  private static void addRemoval(List<Step> steps, List<EntityDoc> wanted, Json.Obj item) {
    EntityDoc.Kind kind = EntityDoc.Kind.named(Members.text(item, "kind"));
    if (kind != null && wanted.stream().anyMatch(entity -> entity.kind() == kind)) {
      steps.add(
          new Step(
              kind,
              Members.text(item, "key"),
              item.get("doc"),
              null,
              Math.max(0, Members.whole(item, "version"))));
    }
  }

  /** All problems of all files at once. */
  private static void requireValid(List<EntityDoc> wanted) {
    List<String> why = new ArrayList<>();
    for (EntityDoc entity : wanted) {
      Problems problems = new Problems();
      full(entity, problems);
      for (Problem problem : problems.list()) {
        why.add(entity.place() + ": " + entity.id() + " " + problem);
      }
    }
    if (!why.isEmpty()) {
      throw new CliException(
          new CliException.Failure(
              ExitCode.USAGE,
              "invalid-documents",
              why.size() == 1
                  ? "The files have a problem."
                  : "The files have " + why.size() + " problems.",
              why,
              "Nothing was sent. Mend the files, then run the command again.",
              null,
              null));
    }
  }

  /** The document with defaults written out; what is wrong goes to {@code problems}. */
  private static Json full(EntityDoc entity, Problems problems) {
    return switch (entity.kind()) {
      case FLAG -> {
        var flag = FlagFormat.read(entity.doc(), problems, /* strict= */ true);
        yield problems.isEmpty() ? FlagFormat.write(flag) : entity.doc();
      }
      case SEGMENT -> {
        var segment = SegmentFormat.read(entity.doc(), problems, /* strict= */ true);
        yield problems.isEmpty() ? SegmentFormat.write(segment) : entity.doc();
      }
      case LAYER -> {
        var layer = LayerFormat.read(entity.doc(), problems, /* strict= */ true);
        yield problems.isEmpty() ? LayerFormat.write(layer) : entity.doc();
      }
    };
  }

  /** The wanted document, with a key list in the server's form wherever it holds the same keys. */
  private static Json sameKeys(@Nullable Json before, Json after) {
    if (before instanceof Json.Obj old && after instanceof Json.Obj fresh) {
      Json.Obj same = fresh;
      for (var member : fresh.members().entrySet()) {
        Json there = old.get(member.getKey());
        if (there != null) {
          same = same.with(member.getKey(), sameKeys(there, member.getValue()));
        }
      }
      return same;
    }
    if (before instanceof Json.Arr old
        && after instanceof Json.Arr fresh
        && old.items().size() == fresh.items().size()) {
      List<Json> items = new ArrayList<>();
      for (int i = 0; i < fresh.items().size(); i++) {
        items.add(sameKeys(old.items().get(i), fresh.items().get(i)));
      }
      return new Json.Arr(items);
    }
    return before instanceof Json.Obj stored
            && after instanceof Json.Arr keys
            && holds(stored, keys)
        ? stored
        : after;
  }

  private static boolean holds(Json.Obj stored, Json.Arr keys) {
    List<String> chunks = Members.strings(stored, "chunks");
    boolean isKeyList = stored.has("count") && Integer.bitCount(chunks.size()) == 1;
    if (!isKeyList || !keys.items().stream().allMatch(Json.Str.class::isInstance)) {
      return false;
    }
    List<String> texts = keys.items().stream().map(Members::shown).toList();
    return KeyChunks.split(texts, chunks.size()).stream()
        .map(bytes -> Hash.of(bytes).toString())
        .toList()
        .equals(chunks);
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  long count(String change) {
    return steps.stream().filter(step -> step.change().equals(change)).count();
  }

  String summary() {
    return count("added")
        + " to add, "
        + count("changed")
        + " to change, "
        + count("removed")
        + " to delete";
  }

  void show(Output out) {
    for (Step step : steps) {
      Changes.showEntity(out, step.change(), step.id(), step.lines());
    }
  }

  Json json() {
    return new Json.Arr(steps.stream().map(Step::diff).toList());
  }
}
