package dev.guidon.sdk;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes private attributes out of a context before it leaves the process. A plain name is removed
 * wherever it stands, in every kind and at every depth; a name that begins with '/' is a JSON
 * pointer and removes exactly that place.
 */
final class Redaction {
  private final Set<String> names = new HashSet<>();
  private final Set<String> pointers = new HashSet<>();

  Redaction(Iterable<String> privateAttributes) {
    for (String attribute : privateAttributes) {
      (attribute.startsWith("/") ? pointers : names).add(attribute);
    }
  }

  Json redact(Json context) {
    return names.isEmpty() && pointers.isEmpty() ? context : redact(context, "");
  }

  private Json redact(Json json, String at) {
    if (json instanceof Json.Obj obj) {
      Json.Obj.Builder kept = Json.Obj.builder();
      for (Map.Entry<String, Json> member : obj.members().entrySet()) {
        String place = at + "/" + member.getKey().replace("~", "~0").replace("/", "~1");
        if (!names.contains(member.getKey()) && !pointers.contains(place)) {
          kept.put(member.getKey(), redact(member.getValue(), place));
        }
      }
      return kept.build();
    }
    if (json instanceof Json.Arr arr) {
      List<Json> items = new ArrayList<>();
      for (int i = 0; i < arr.items().size(); i++) {
        items.add(redact(arr.items().get(i), at + "/" + i));
      }
      return new Json.Arr(items);
    }
    return json;
  }
}
