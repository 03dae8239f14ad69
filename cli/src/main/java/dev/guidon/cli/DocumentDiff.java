package dev.guidon.cli;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between two documents, one line per place, in words that say where. */
final class DocumentDiff {
  private static final int VALUE_CHARS_MAX = 120;

  /** What names an item of a list, so that an item inserted above does not change all below. */
  private static final List<String> NAMES = List.of("id", "key", "flag", "variant");

  private final List<String> lines = new ArrayList<>();

  private DocumentDiff() {}

  /** Lines such as {@code rules[beta].serve.variant: "off" → "on"}; none when equal. */
  static List<String> changes(@Nullable Json before, @Nullable Json after) {
    DocumentDiff diff = new DocumentDiff();
    diff.compare("", before, after);
    return diff.lines;
  }

  private void compare(String place, @Nullable Json before, @Nullable Json after) {
    if (before == null ? after == null : before.equals(after)) {
      return;
    }
    if (before instanceof Json.Obj old && after instanceof Json.Obj fresh && !isServe(old, fresh)) {
      compareMembers(place, old.members(), fresh.members(), /* inList= */ false);
      return;
    }
    if (before instanceof Json.Arr old && after instanceof Json.Arr fresh) {
      Map<String, Json> oldByName = byName(old);
      Map<String, Json> freshByName = byName(fresh);
      if (oldByName != null && freshByName != null) {
        compareMembers(place, oldByName, freshByName, /* inList= */ true);
        compareOrder(place, oldByName, freshByName);
        return;
      }
    }
    lines.add((place.isEmpty() ? "" : place + ": ") + shown(before) + " → " + shown(after));
  }

  private void compareMembers(
      String place, Map<String, Json> before, Map<String, Json> after, boolean inList) {
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      String inner =
          inList ? place + "[" + name + "]" : place.isEmpty() ? name : place + "." + name;
      compare(inner, before.get(name), after.get(name));
    }
  }

  private void compareOrder(String place, Map<String, Json> before, Map<String, Json> after) {
    List<String> kept = before.keySet().stream().filter(after::containsKey).toList();
    List<String> now = after.keySet().stream().filter(before::containsKey).toList();
    if (!kept.equals(now)) {
      lines.add(place + ": order " + kept + " → " + now);
    }
  }

  /** A change of a serve reads best whole. */
  private static boolean isServe(Json.Obj before, Json.Obj after) {
    return serve(before) != null && serve(after) != null;
  }

  /** A serve in words ({@code on 25 %, off 75 %}), or {@code null} for anything else. */
  static @Nullable String serve(Json json) {
    if (!(json instanceof Json.Obj object) || object.members().size() != 1) {
      return null;
    }
    if (object.get("split") instanceof Json.Obj split) {
      return String.join(
          ", ",
          Members.objects(split, "shares").stream()
              .map(share -> variant(share) + " " + percent(Members.whole(share, "weight")))
              .toList());
    }
    if (object.get("policy") instanceof Json.Obj policy) {
      return "policy " + Members.text(policy, "key");
    }
    return object.has("variant") ? variant(object) : null;
  }

  private static String variant(Json.Obj json) {
    String variant = Members.string(json, "variant");
    return variant == null ? "(code default)" : variant;
  }

  /** A weight of 100 000 as a percentage, exact. */
  static String percent(long weight) {
    String fraction = "%03d".formatted(weight % 1000).replaceAll("0+$", "");
    return weight / 1000 + (fraction.isEmpty() ? "" : "." + fraction) + " %";
  }

  private static @Nullable Map<String, Json> byName(Json.Arr list) {
    Map<String, Json> byName = new LinkedHashMap<>();
    for (Json item : list.items()) {
      String name =
          NAMES.stream()
              .map(member -> Members.string(item, member))
              .filter(text -> text != null)
              .findFirst()
              .orElse(null);
      if (name == null || byName.put(name, item) != null) {
        return null;
      }
    }
    return byName;
  }

  static String shown(@Nullable Json value) {
    if (value == null) {
      return "(absent)";
    }
    String serve = serve(value);
    String text = serve == null ? CanonicalJson.text(value) : serve;
    return text.length() <= VALUE_CHARS_MAX ? text : text.substring(0, VALUE_CHARS_MAX - 1) + "…";
  }
}
