package dev.guidon.control.lint;

import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.Flag;
import dev.guidon.model.Instants;
import dev.guidon.model.Segment;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks through one environment, beside the others of its project and the catalog. Used by one
 * thread, for one question.
 */
public final class Linter {
  /** A tag of a flag in the catalog: nothing is said of the flag; with {@code :rule}, not that. */
  public static final String IGNORE_TAG = "lint:ignore";

  /** How long flags of these kinds usually live, in days; other kinds are meant to stay. */
  private static final Map<String, Integer> USUAL_DAYS = Map.of("release", 40, "experiment", 40);

  private static final long DAY_MICROS = 24L * 3600 * Instants.MICROS_PER_SECOND;
  private static final long QUIET_MICROS = 7 * DAY_MICROS;

  private static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::entity)
          .thenComparing(Finding::pointer)
          .thenComparing(Finding::rule);

  private final LintEnvironment target;
  private final List<LintEnvironment> others;
  private final Map<String, Json.Obj> declarations;
  private final Usage usage;
  private final Keys keys;
  private final Logic.Budget budget = new Logic.Budget();
  private final long nowMicros;
  private final Reach reach;
  private final Map<String, Reach> reaches = new HashMap<>();
  private @Nullable Set<String> namedSegments;

  /**
   * @param others the other environments of the project
   * @param declarations what the catalog says, by flag
   * @param blobs of key lists; what is not found there is not judged
   */
  public Linter(
      LintEnvironment target,
      List<LintEnvironment> others,
      Map<String, Json.Obj> declarations,
      Usage usage,
      BlobSource blobs,
      long nowMicros) {
    this.target = target;
    this.others = List.copyOf(others);
    this.declarations = Map.copyOf(declarations);
    this.usage = usage;
    this.keys = new Keys(blobs);
    this.nowMicros = nowMicros;
    this.reach = new Reach(target, keys, budget);
  }

  /** Every finding, by entity and place. */
  public List<Finding> all() {
    List<Finding> found = new ArrayList<>();
    target.flags().keySet().forEach(key -> found.addAll(flag(key)));
    target.segments().keySet().forEach(key -> found.addAll(segment(key)));
    found.sort(ORDER);
    return found;
  }

  /** What is to be said of some entities: flags and segments; nothing of others. */
  public List<Finding> of(Set<EntityId> entities) {
    List<Finding> found = new ArrayList<>();
    for (EntityId id : new TreeSet<>(entities)) {
      if (id.equals(EntityId.flag(id.key()))) {
        found.addAll(flag(id.key()));
      } else if (id.equals(EntityId.segment(id.key()))) {
        found.addAll(segment(id.key()));
      }
    }
    found.sort(ORDER);
    return found;
  }

  /** What is to be said of a flag; nothing when it is not there. */
  public List<Finding> flag(String key) {
    Flag flag = target.flags().get(key);
    if (flag == null) {
      return List.of();
    }
    Found found = new Found(EntityId.flag(key), ignored(key));
    new FlagLint(flag, target, reach, keys, nowMicros, found).run();
    types(flag, found);
    removal(flag, found);
    lifetime(flag, found);
    return found.sorted();
  }

  private List<Finding> segment(String key) {
    Segment segment = target.segments().get(key);
    if (segment == null) {
      return List.of();
    }
    Found found = new Found(EntityId.segment(key), Set.of());
    new SegmentLint(segment, reach, keys, found).run();
    if (!namedSegments().contains(key)) {
      found.add(
          LintRule.UNUSED_SEGMENT,
          "",
          "named by no flag and no segment of " + target.name(),
          "Delete the segment, or name it where it was meant to be used.");
    }
    return found.sorted();
  }

  private Set<String> namedSegments() {
    if (namedSegments == null) {
      namedSegments = SegmentLint.named(target);
    }
    return namedSegments;
  }

  /** Collects findings about one entity, but for those that its tags silence. */
  static final class Found {
    private final EntityId entity;
    private final Set<String> ignored;
    private final List<Finding> findings = new ArrayList<>();

    Found(EntityId entity, Set<String> ignored) {
      this.entity = entity;
      this.ignored = ignored;
    }

    void add(LintRule rule, String pointer, String message, String suggestion) {
      add(rule, pointer, message, suggestion, null);
    }

    void add(
        LintRule rule, String pointer, String message, String suggestion, @Nullable String unless) {
      if (!ignored.contains("") && !ignored.contains(rule.id())) {
        findings.add(new Finding(rule, entity, pointer, message, suggestion, unless));
      }
    }

    List<Finding> sorted() {
      return findings.stream().sorted(ORDER).toList();
    }
  }

  /** Ids of silenced rules; the empty one silences all. */
  private Set<String> ignored(String flag) {
    Json.Obj declaration = declarations.get(flag);
    return declaration != null && declaration.get("tags") instanceof Json.Arr tags
        ? tags.items().stream()
            .filter(Json.Str.class::isInstance)
            .map(tag -> ((Json.Str) tag).value())
            .filter(tag -> tag.equals(IGNORE_TAG) || tag.startsWith(IGNORE_TAG + ":"))
            .map(tag -> tag.equals(IGNORE_TAG) ? "" : tag.substring(IGNORE_TAG.length() + 1))
            .collect(Collectors.toSet())
        : Set.of();
  }

  private @Nullable String declared(String flag, String member) {
    Json.Obj declaration = declarations.get(flag);
    return declaration != null && declaration.get(member) instanceof Json.Str text
        ? text.value()
        : null;
  }

  // --- beside the catalog and the other environments

  private void types(Flag flag, Found found) {
    String type = flag.envelope().type().text();
    String declared = declared(flag.key().value(), "type");
    if (declared != null && !declared.equals(type)) {
      found.add(
          LintRule.TYPE_MISMATCH,
          "/envelope/type",
          "type " + type + ", in the catalog " + declared,
          "Give the flag the type that its callers expect; a type is for life.");
    }
    for (LintEnvironment other : others) {
      Flag there = other.flags().get(flag.key().value());
      if (there != null && !there.envelope().type().equals(flag.envelope().type())) {
        found.add(
            LintRule.TYPE_MISMATCH,
            "/envelope/type",
            "type " + type + ", in " + other.name() + " " + there.envelope().type().text(),
            "Use one type in all environments.");
      }
    }
    shapes(flag, found);
  }

  private void shapes(Flag flag, Found found) {
    Map<String, Shapes.Member> here = Shapes.of(flag);
    here.values().stream()
        .filter(member -> member.types().size() > 1)
        .forEach(member ->
            found.add(
                LintRule.SHAPE_MISMATCH,
                "/envelope/variants",
                "member "
                    + member.path()
                    + " is "
                    + String.join(" and ", member.types())
                    + " in different variants",
                "Give the member one type, so that callers can read every variant alike."));
    for (LintEnvironment other : others) {
      Flag there = other.flags().get(flag.key().value());
      Map<String, Shapes.Member> those = there == null ? Map.of() : Shapes.of(there);
      here.values().stream()
          .filter(member -> {
            Shapes.Member same = those.get(member.path());
            return same != null
                && same.types().stream().noneMatch(type -> member.types().contains(type));
          })
          .forEach(member ->
              found.add(
                  LintRule.SHAPE_MISMATCH,
                  "/envelope/variants",
                  "member "
                      + member.path()
                      + " is "
                      + String.join(" and ", member.types())
                      + ", in "
                      + other.name()
                      + " "
                      + String.join(
                          " and ", Objects.requireNonNull(those.get(member.path())).types()),
                  "Give the member the same type in all environments."));
    }
  }

  private @Nullable Json onlyValue(LintEnvironment environment, String key) {
    Flag flag = environment.flags().get(key);
    if (flag == null || !flag.envelope().on()) {
      return null;
    }
    Reach there =
        environment == target
            ? reach
            : reaches.computeIfAbsent(
                environment.name(), _ -> new Reach(environment, keys, budget));
    Set<@Nullable String> served = there.served(key);
    if (served == null || served.size() != 1) {
      return null;
    }
    String variant = served.iterator().next();
    return variant == null ? null : flag.envelope().variants().get(variant);
  }

  private void removal(Flag flag, Found found) {
    String key = flag.key().value();
    if (!USUAL_DAYS.containsKey(String.valueOf(declared(key, "kind")))) {
      return;
    }
    Json value = onlyValue(target, key);
    if (value == null
        || others.stream()
            .filter(other -> other.flags().containsKey(key))
            .anyMatch(other -> !value.equals(onlyValue(other, key)))) {
      return;
    }
    found.add(
        LintRule.READY_FOR_REMOVAL,
        "/default",
        "on and " + shown(value) + " for everybody in every environment",
        "Put the value into the code, then archive the flag.");
  }

  static String shown(Json value) {
    return dev.guidon.model.Fields.shown(value);
  }

  // --- age

  private void lifetime(Flag flag, Found found) {
    String key = flag.key().value();
    Integer days = days(key);
    Long declared = usage.declaredMicros(key);
    if (days == null
        || declared == null
        || "archived".equals(declared(key, "lifecycle"))
        || nowMicros - declared <= days * DAY_MICROS) {
      return;
    }
    String age =
        "declared "
            + Instants.text(declared)
            + ", "
            + (nowMicros - declared) / DAY_MICROS
            + " days ago (usual for kind "
            + declared(key, "kind")
            + ": "
            + days
            + ")";
    Long counted = usage.countedSinceMicros();
    long quietSince = nowMicros - QUIET_MICROS;
    if (counted == null || counted > quietSince) {
      found.add(
          LintRule.PAST_LIFETIME,
          "",
          age
              + "; evaluations unknown: "
              + (counted == null
                  ? "none were ever reported to this control"
                  : "counted only since " + Instants.text(counted)),
          "Remove it from the code, or change its kind in the catalog to one that stays.");
      return;
    }
    long evaluations = usage.evaluations(key, quietSince);
    if (evaluations > 0) {
      found.add(
          LintRule.PAST_LIFETIME,
          "",
          age + "; " + evaluations + " evaluations in 7 days",
          "Remove it from the code, or change its kind in the catalog to one that stays.");
    } else {
      found.add(
          LintRule.PAST_LIFETIME_UNUSED,
          "",
          age + "; no evaluation in 7 days in " + target.name(),
          "Archive it: nothing asks for it any more.");
    }
  }

  private @Nullable Integer days(String flag) {
    Json.Obj declaration = declarations.get(flag);
    return declaration == null
        ? null
        : declaration.get("lifetimeDays") instanceof Json.Num days
            ? Integer.valueOf((int) days.value())
            : USUAL_DAYS.get(String.valueOf(declared(flag, "kind")));
  }
}
