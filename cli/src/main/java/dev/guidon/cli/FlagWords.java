package dev.guidon.cli;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;

/** A flag in a few lines for people, in the order in which it is decided. */
final class FlagWords {
  private FlagWords() {}

  static List<String> lines(Json flag, String place) {
    List<String> lines = new ArrayList<>();
    boolean on = Members.isTrue(flag, "envelope", "on");
    lines.add(
        Table.clean(Members.text(flag, "envelope", "key"))
            + "  "
            + (on ? "ON" : "OFF")
            + "  "
            + Members.text(flag, "envelope", "type")
            + "  ("
            + place
            + ")");
    if (Members.at(flag, "envelope", "variants") instanceof Json.Obj variants) {
      variants
          .members()
          .forEach((name, value) -> lines.add(row("variant " + name, CanonicalJson.text(value))));
    }
    lines.add(row("when off", orCodeDefault(Members.text(flag, "envelope", "offVariant"))));
    for (Json.Obj wanted : Members.objects(flag, "prerequisites")) {
      lines.add(
          row(
              "needs " + Members.text(wanted, "flag"),
              String.join(" or ", Members.strings(wanted, "variants"))));
    }
    for (Json.Obj target : Members.objects(flag, "targets")) {
      lines.add(row("target " + Members.text(target, "variant"), count(target, "keys") + " keys"));
    }
    List<Json.Obj> rules = Members.objects(flag, "rules");
    for (int i = 0; i < rules.size(); i++) {
      lines.add(
          row("rule " + (i + 1) + " " + Members.text(rules.get(i), "id"), rule(rules.get(i))));
    }
    lines.add(row("default", DocumentDiff.shown(Members.at(flag, "default"))));
    return lines;
  }

  private static String rule(Json.Obj rule) {
    Json when = rule.get("if");
    String from = Members.string(rule, "from");
    String until = Members.string(rule, "until");
    return DocumentDiff.shown(rule.get("serve"))
        + "  if "
        + (when == null ? "always" : CanonicalJson.text(when))
        + (from == null ? "" : "  from " + from)
        + (until == null ? "" : "  until " + until);
  }

  /** How many keys a list has, written out or stored in chunks. */
  static long count(Json json, String list) {
    return Members.at(json, list) instanceof Json.Arr keys
        ? keys.items().size()
        : Math.max(0, Members.whole(json, list, "count"));
  }

  private static String orCodeDefault(String variant) {
    return variant.isEmpty() ? "(code default)" : variant;
  }

  private static String row(String name, String text) {
    return "  %-20s %s".formatted(Table.clean(name), Table.clean(text)).stripTrailing();
  }
}
