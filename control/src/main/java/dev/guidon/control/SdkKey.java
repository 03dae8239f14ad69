package dev.guidon.control;

import dev.guidon.model.Fields;
import dev.guidon.model.Instants;
import dev.guidon.model.Problems;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key of an SDK or OFREP client. Lives in its environment, so that a cut-off edge can check it.
 *
 * @param server whether it opens rulesets; a client key opens only answers for client-visible flags
 * @param newConnectionsUntilMicros from then on only connections that are open already go on
 */
public record SdkKey(
    String name,
    boolean server,
    List<SecretHash> hashes,
    @Nullable Long newConnectionsUntilMicros,
    @Nullable Long expiresMicros) {
  public SdkKey {
    hashes = List.copyOf(hashes);
  }

  public static SdkKey read(Json json, Problems problems, boolean strict) {
    Fields fields = new Fields(json, "", problems, strict);
    String name = fields.string("key");
    String kind = fields.string("kind");
    if (!kind.equals("server") && !kind.equals("client")) {
      problems.invalid(fields.at("kind"), Texts.shown(kind), "server or client");
    }
    SdkKey key =
        new SdkKey(
            name,
            kind.equals("server"),
            SecretHash.read(fields),
            fields.optionalInstant("newConnectionsUntil"),
            fields.optionalInstant("expires"));
    fields.done();
    return key;
  }

  public Json.Obj json() {
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("key", name)
            .put("kind", server ? "server" : "client")
            .put("hashes", SecretHash.write(hashes));
    if (newConnectionsUntilMicros != null) {
      out.put("newConnectionsUntil", Instants.text(newConnectionsUntilMicros));
    }
    if (expiresMicros != null) {
      out.put("expires", Instants.text(expiresMicros));
    }
    return out.build();
  }

  public SdkKey with(List<SecretHash> next) {
    return new SdkKey(name, server, next, newConnectionsUntilMicros, expiresMicros);
  }
}
