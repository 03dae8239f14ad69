package dev.guidon.engine;

import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A view under test, written as people write it: JSON with single quotes. Every put raises the
 * entity's version.
 */
public final class Scene {
  public static final long NOW = 1_800_000_000_000_000L;

  final Map<Hash, byte[]> blobs = new HashMap<>();
  private final Map<EntityId, ViewEntity> entities = new LinkedHashMap<>();
  private final Map<EntityId, Long> versions = new HashMap<>();
  private HashedMap<ViewEntity> map = HashedMap.empty();
  private String region = "eu";
  private long revision;
  private @Nullable Ruleset ruleset;

  public static Json.Obj json(String text) {
    return (Json.Obj)
        JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT.withLargeWholeNumbers(true));
  }

  /** A boolean flag with variants on and off, more members given. */
  public static String flagJson(String key, boolean on, String more) {
    return "{'envelope':{'key':'"
        + key
        + "','type':'boolean','on':"
        + on
        + ",'variants':{'on':true,'off':false},'offVariant':'off'}"
        + (more.isEmpty() ? "" : "," + more)
        + (more.contains("'default'") ? "" : ",'default':{'variant':'off'}")
        + "}";
  }

  public Scene flag(String key, String more) {
    return put(EntityId.flag(key), flagJson(key, true, more));
  }

  public Scene offFlag(String key, String more) {
    return put(EntityId.flag(key), flagJson(key, false, more));
  }

  /** A flag that serves on where the condition holds, and off elsewhere. */
  public Scene flagWhen(String key, String condition) {
    return flag(key, "'rules':[{'id':'r','if':" + condition + ",'serve':{'variant':'on'}}]");
  }

  public Scene segment(String key, String more) {
    return put(EntityId.segment(key), "{'key':'" + key + "'," + more + "}");
  }

  public Scene layer(String key, String ranges) {
    return put(EntityId.layer(key), "{'key':'" + key + "','ranges':[" + ranges + "]}");
  }

  public Scene put(EntityId id, String doc) {
    return put(id, json(doc));
  }

  public Scene put(EntityId id, Json.Obj doc) {
    long version = versions.merge(id, 1L, Long::sum);
    entities.put(id, ViewEntity.of(id, version, doc));
    return this;
  }

  public Scene remove(EntityId id) {
    entities.remove(id);
    return this;
  }

  public Scene region(String name) {
    region = name;
    return this;
  }

  public boolean has(EntityId id) {
    return entities.containsKey(id);
  }

  public View view() {
    Map<EntityId, @Nullable ViewEntity> changes = new LinkedHashMap<>(entities);
    map.forEach((EntityId id, ViewEntity entity) -> changes.putIfAbsent(id, null));
    map = map.with(changes);
    return new View(
        ScopeId.of("shop", "prod"), new Position("log", 1, revision++), region, 0, 0, map);
  }

  public BlobSource source() {
    return blobs::get;
  }

  /** Compiles on top of what was compiled last. */
  public Compilation compile() {
    Compilation compilation = Ruleset.compile(view(), source(), ruleset);
    ruleset = compilation.ruleset();
    return compilation;
  }

  /** Compiles as if nothing had been compiled before. */
  public Compilation compileAfresh() {
    return Ruleset.compile(view(), source(), null);
  }

  public Ruleset ruleset() {
    return compile().ruleset();
  }

  public static EntityId policy(String key) {
    return new EntityId(EntityKind.POLICY, key);
  }
}
