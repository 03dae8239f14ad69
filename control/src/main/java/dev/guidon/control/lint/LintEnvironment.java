package dev.guidon.control.lint;

import dev.guidon.model.Change;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.json.Json;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an environment holds, read. Documents that cannot be read are left out: nothing is said of
 * what is not understood.
 */
public final class LintEnvironment {
  private final String name;
  private final SortedMap<String, Flag> flags;
  private final SortedMap<String, Segment> segments;
  private final SortedMap<String, Json.Obj> layers;

  private LintEnvironment(
      String name,
      SortedMap<String, Flag> flags,
      SortedMap<String, Segment> segments,
      SortedMap<String, Json.Obj> layers) {
    this.name = name;
    this.flags = flags;
    this.segments = segments;
    this.layers = layers;
  }

  /** The live versions of a state. */
  public static LintEnvironment of(String name, ScopeState state) {
    LintEnvironment read =
        new LintEnvironment(name, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    state.entities().forEach(read::put);
    return read;
  }

  /** The same after changes. */
  public LintEnvironment with(Iterable<Change> changes) {
    LintEnvironment next =
        new LintEnvironment(
            name, new TreeMap<>(flags), new TreeMap<>(segments), new TreeMap<>(layers));
    changes.forEach(change -> next.put(change.id(), change.body()));
    return next;
  }

  private void put(EntityId id, EntityBody body) {
    Json.Obj doc =
        body instanceof EntityBody.Present present && present.live() != null
            ? present.live().doc()
            : null;
    Problems problems = new Problems();
    if (id.kind().equals(EntityKind.FLAG)) {
      flags.remove(id.key());
      Flag flag = doc == null ? null : FlagFormat.read(doc, problems, /* strict= */ false);
      if (flag != null && problems.isEmpty()) {
        flags.put(id.key(), flag);
      }
    } else if (id.kind().equals(EntityKind.SEGMENT)) {
      segments.remove(id.key());
      Segment segment = doc == null ? null : SegmentFormat.read(doc, problems, /* strict= */ false);
      if (segment != null && problems.isEmpty()) {
        segments.put(id.key(), segment);
      }
    } else if (id.kind().equals(EntityKind.LAYER)) {
      layers.remove(id.key());
      if (doc != null) {
        layers.put(id.key(), doc);
      }
    }
  }

  public String name() {
    return name;
  }

  public SortedMap<String, Flag> flags() {
    return Collections.unmodifiableSortedMap(flags);
  }

  SortedMap<String, Segment> segments() {
    return Collections.unmodifiableSortedMap(segments);
  }

  /** Whether a layer lets a rule match only some of the units. */
  boolean isGated(Flag flag, Flag.Rule rule) {
    Json.Obj layer = flag.layer() == null ? null : layers.get(flag.layer().value());
    if (flag.layer() == null) {
      return false;
    }
    if (layer == null || !(layer.get("ranges") instanceof Json.Arr ranges)) {
      return true;
    }
    return ranges.items().stream()
        .anyMatch(range ->
            range instanceof Json.Obj one
                && Json.of(flag.key().value()).equals(one.get("flag"))
                && Json.of(rule.id()).equals(one.get("rule")));
  }

  /**
   * These entities, and all whose findings may hang on them: flags and segments that name them, and
   * segments that they name.
   */
  public Set<EntityId> around(Set<EntityId> changed) {
    Set<EntityId> all = new TreeSet<>(changed);
    Set<EntityId> before = Set.of();
    while (all.size() > before.size()) {
      before = new TreeSet<>(all);
      for (Flag flag : flags.values()) {
        if (named(flag).stream().anyMatch(before::contains)) {
          all.add(EntityId.flag(flag.key().value()));
        }
      }
      for (Segment segment : segments.values()) {
        if (SegmentLint.named(segment.when()).stream()
            .map(EntityId::segment)
            .anyMatch(before::contains)) {
          all.add(EntityId.segment(segment.key().value()));
        }
      }
    }
    for (EntityId id : changed) {
      all.addAll(namedBy(id));
    }
    return all;
  }

  private static Set<EntityId> named(Flag flag) {
    Set<EntityId> names = new TreeSet<>();
    flag.prerequisites().forEach(other -> names.add(EntityId.flag(other.flag().value())));
    if (flag.layer() != null) {
      names.add(EntityId.layer(flag.layer().value()));
    }
    flag.rules()
        .forEach(rule ->
            SegmentLint.named(rule.when()).forEach(key -> names.add(EntityId.segment(key))));
    return names;
  }

  private Set<EntityId> namedBy(EntityId id) {
    Flag flag = id.kind().equals(EntityKind.FLAG) ? flags.get(id.key()) : null;
    Segment segment = id.kind().equals(EntityKind.SEGMENT) ? segments.get(id.key()) : null;
    Set<EntityId> names = flag == null ? new TreeSet<>() : named(flag);
    if (segment != null) {
      SegmentLint.named(segment.when()).forEach(key -> names.add(EntityId.segment(key)));
    }
    return names;
  }

  /** A finding's place by the rule's id in place of its number, which other changes move. */
  public String place(Finding finding) {
    Flag flag =
        finding.entity().kind().equals(EntityKind.FLAG) ? flags.get(finding.entity().key()) : null;
    String[] steps = finding.pointer().split("/", 4);
    boolean inRule = flag != null && steps.length > 2 && steps[1].equals("rules");
    String id = inRule && flag != null ? flag.rules().get(Integer.parseInt(steps[2])).id() : "";
    return finding.rule().id()
        + " "
        + finding.entity().text()
        + " "
        + (inRule ? id + " " + (steps.length > 3 ? steps[3] : "") : finding.pointer());
  }
}
