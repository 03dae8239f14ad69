package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A flag in an environment. Decided in the order: off, prerequisites, individual targets, rules,
 * default.
 *
 * @param salt {@code null}: the flag's key salts its splits
 * @param clientVisible whether client keys (browsers, phones) may evaluate it
 * @param layer the layer whose ranges gate those rules that own one
 * @param metadata strings, numbers and booleans for OpenFeature's flag metadata
 */
public record Flag(
    Envelope envelope,
    List<Prerequisite> prerequisites,
    List<Target> targets,
    List<Rule> rules,
    Serve defaultServe,
    @Nullable String salt,
    boolean clientVisible,
    @Nullable LayerKey layer,
    @Nullable Staleness staleness,
    SortedMap<String, Json> metadata) {
  public Flag {
    prerequisites = List.copyOf(prerequisites);
    targets = List.copyOf(targets);
    rules = List.copyOf(rules);
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
  }

  /** Another flag of the environment must serve one of these variants. */
  public record Prerequisite(FlagKey flag, Set<String> variants) {
    public Prerequisite {
      variants = Collections.unmodifiableSet(new TreeSet<>(variants));
    }
  }

  /** Units, named one by one, that get a variant before any rule is asked. */
  public record Target(String variant, String kind, KeyList keys) {}

  /**
   * @param id unique within the flag, kept for life: results and layers name it
   * @param from from this instant on (epoch microseconds), or always
   * @param until before this instant (epoch microseconds), or for ever
   * @param when {@code null}: every context
   */
  public record Rule(
      String id,
      @Nullable String name,
      @Nullable Long from,
      @Nullable Long until,
      @Nullable Condition when,
      Serve serve) {}

  /**
   * What to do when the state in use is older than a bound.
   *
   * @param seconds the bound, at least 1
   * @param variant served with reason STALE beyond the bound; {@code null}: the code default
   */
  public record Staleness(long seconds, @Nullable String variant) {}

  public FlagKey key() {
    return envelope.key();
  }
}
