package dev.guidon.control;

import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Documents as the API shows them: of keys and credentials not even the hashes of their secrets.
 */
public final class PublicForm {
  private PublicForm() {}

  public static Json.Obj of(EntityId id, Json.Obj doc) {
    boolean secret =
        id.kind().equals(EntityKind.SDK_KEY) || id.kind().equals(EntityKind.CREDENTIAL);
    return secret ? withoutHashes(id, doc) : doc;
  }

  private static Json.Obj withoutHashes(EntityId id, Json.Obj doc) {
    List<Json> secrets = new ArrayList<>();
    if (doc.get("hashes") instanceof Json.Arr hashes) {
      for (Json hash : hashes.items()) {
        secrets.add(hash instanceof Json.Obj object ? object.without("hash") : Json.Obj.of());
      }
    }
    Json.Obj.Builder out = Json.Obj.builder().put("name", id.key());
    doc.members()
        .forEach((name, value) -> {
          if (!name.equals("key") && !name.equals("hashes")) {
            out.put(name, value);
          }
        });
    return out.put("secrets", new Json.Arr(secrets)).build();
  }
}
