package dev.guidon.conformance;

import dev.guidon.model.Hash;
import dev.guidon.model.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluator has when it is asked. Documents stand by their entity's key, which a wrong
 * document may contradict.
 *
 * @param blobs the bytes behind the hashes in stored key lists
 * @param earlier what the evaluator had before this, {@code null}: nothing
 */
public record Scene(
    String region,
    Map<String, Json.Obj> flags,
    Map<String, Json.Obj> segments,
    Map<String, Json.Obj> layers,
    Map<Hash, byte[]> blobs,
    @Nullable Scene earlier) {
  public Scene {
    flags = copy(flags);
    segments = copy(segments);
    layers = copy(layers);
    blobs = copy(blobs);
  }

  private static <K, V> Map<K, V> copy(Map<K, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
