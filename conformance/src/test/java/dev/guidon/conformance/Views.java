package dev.guidon.conformance;

import dev.guidon.engine.Decision;
import dev.guidon.engine.Outcome;
import dev.guidon.model.EntityId;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scenes as our own code has them, and what it says as the kit has it. */
final class Views {
  private Views() {}

  static View of(Scene scene, long revision) {
    HashedMap<ViewEntity> entities = HashedMap.empty();
    Map<EntityId, @Nullable ViewEntity> shown = new LinkedHashMap<>();
    documents(scene)
        .forEach((id, document) -> shown.put(id, ViewEntity.of(id, revision, document)));
    return new View(
        ScopeId.of("shop", "prod"),
        new Position("log", 1, revision),
        scene.region(),
        0,
        0,
        entities.with(shown));
  }

  static Map<EntityId, Json.Obj> documents(Scene scene) {
    Map<EntityId, Json.Obj> documents = new LinkedHashMap<>();
    scene.layers().forEach((key, document) -> documents.put(EntityId.layer(key), document));
    scene.segments().forEach((key, document) -> documents.put(EntityId.segment(key), document));
    scene.flags().forEach((key, document) -> documents.put(EntityId.flag(key), document));
    return documents;
  }

  static Answer answer(Decision decision, @Nullable String type) {
    Outcome outcome = decision.outcome();
    if (outcome.error() != null) {
      return Answer.error(outcome.error().name(), outcome.ruleId());
    }
    if (type != null && !fits(outcome, type)) {
      return Answer.error("TYPE_MISMATCH", null);
    }
    return new Answer(
        outcome.value(),
        outcome.variant(),
        outcome.reason().name(),
        null,
        outcome.detail(),
        outcome.ruleId(),
        decision.bucket());
  }

  private static boolean fits(Outcome outcome, String type) {
    if (type.equals("integer")) {
      return outcome.fitsLong();
    }
    return outcome.type() != null && outcome.type().text().equals(type);
  }
}
