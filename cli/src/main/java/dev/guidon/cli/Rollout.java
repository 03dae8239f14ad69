package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns {@code on=25} into the shares of a split, and puts it where a flag serves. */
final class Rollout {
  private static final int WHOLE = 100_000;

  private Rollout() {}

  /**
   * The shares, adding up to the whole: what {@code wanted} leaves goes to {@code rest}, else to
   * the only other variant, else to the off variant.
   */
  static Json shares(Json flag, List<String> wanted, @Nullable String rest) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (String text : wanted) {
      Arguments.Pair pair = Arguments.Pair.of("--to", text);
      if (weights.put(variant(flag, pair.name()), Arguments.weight("--to", pair.value())) != null) {
        throw CliException.usage("--to: variant " + pair.name() + " is named twice.", null);
      }
    }
    int left = WHOLE - weights.values().stream().mapToInt(Integer::intValue).sum();
    if (left < 0) {
      throw CliException.usage(
          "--to: the shares add up to "
              + DocumentDiff.percent(WHOLE - left)
              + " (expected: at most 100 %)",
          null);
    }
    if (left > 0) {
      weights.merge(restVariant(flag, weights, rest), left, Integer::sum);
    }
    List<Json> shares = new ArrayList<>();
    weights.forEach((name, weight) ->
        shares.add(Json.Obj.of("variant", Json.of(name), "weight", Json.of((long) weight))));
    return new Json.Arr(shares);
  }

  private static String variant(Json flag, String name) {
    List<String> names = variants(flag);
    if (!names.contains(name)) {
      throw CliException.usage(
          "variant: \""
              + Table.clean(name)
              + "\" (expected: one of "
              + String.join(", ", names)
              + ")",
          null);
    }
    return name;
  }

  private static List<String> variants(Json flag) {
    return Members.at(flag, "envelope", "variants") instanceof Json.Obj variants
        ? List.copyOf(variants.members().keySet())
        : List.of();
  }

  private static String restVariant(
      Json flag, Map<String, Integer> weights, @Nullable String rest) {
    if (rest != null) {
      return variant(flag, rest);
    }
    List<String> others =
        variants(flag).stream().filter(name -> !weights.containsKey(name)).toList();
    if (others.size() == 1) {
      return others.getFirst();
    }
    String off = Members.string(flag, "envelope", "offVariant");
    if (off != null && others.contains(off)) {
      return off;
    }
    throw CliException.usage(
        "--to: the shares do not add up to 100 %.", "Name who gets the rest with --rest VARIANT.");
  }

  /** A merge patch that makes the flag's default a split; its unit and salt stay as they are. */
  static Json patchOfDefault(Json shares, @Nullable String unit) {
    return Json.Obj.of("default", serve(null, shares, unit));
  }

  /** A merge patch with the rules as they are, but for the one that becomes a split. */
  static Json patchOfRule(Json flag, String ruleId, Json shares, @Nullable String unit) {
    List<Json> rules = new ArrayList<>();
    boolean found = false;
    for (Json.Obj rule : Members.objects(flag, "rules")) {
      boolean isIt = ruleId.equals(Members.string(rule, "id"));
      found |= isIt;
      rules.add(isIt ? rule.with("serve", serve(rule.get("serve"), shares, unit)) : rule);
    }
    if (!found) {
      throw CliException.usage(
          "--rule: \""
              + Table.clean(ruleId)
              + "\" (expected: one of "
              + Members.objects(flag, "rules").stream()
                  .map(rule -> Members.text(rule, "id"))
                  .toList()
              + ")",
          null);
    }
    return Json.Obj.of("rules", new Json.Arr(rules));
  }

  /**
   * A serve in place of another. Inside a list it must be whole; as a merge patch ({@code old} is
   * {@code null}) it takes the other forms away.
   */
  private static Json serve(@Nullable Json old, Json shares, @Nullable String unit) {
    Json.Obj split = Members.at(old, "split") instanceof Json.Obj before ? before : Json.Obj.of();
    split = split.with("shares", shares);
    if (unit != null) {
      split = split.with("unit", Json.of(unit));
    }
    return old == null
        ? Json.Obj.of("split", split, "variant", Json.NULL, "policy", Json.NULL)
        : Json.Obj.of("split", split);
  }

  /** A merge patch that makes the flag's default one variant. */
  static Json fixed(String variant) {
    return Json.Obj.of("variant", Json.of(variant), "split", Json.NULL, "policy", Json.NULL);
  }
}
