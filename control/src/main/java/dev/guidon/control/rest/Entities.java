package dev.guidon.control.rest;

import dev.guidon.control.PublicForm;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Instants;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entities and commits as the API shows them. */
final class Entities {
  private Entities() {}

  static EntityId id(EntityKind kind, String key) {
    try {
      return new EntityId(kind, key);
    } catch (IllegalArgumentException e) {
      throw new ApiException(
          Code.NOT_FOUND,
          kind + " " + Texts.shown(key) + " (expected: a " + kind + " that is there)");
    }
  }

  static EntityId parse(String pointer, String text) {
    try {
      return EntityId.parse(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(pointer, Texts.shown(text) + " (expected: kind:key)");
    }
  }

  static EntityBody.Present require(ScopeState state, EntityId id) {
    EntityBody.Present there = state.present(id);
    if (there == null || there.live() == null) {
      throw new ApiException(
          Code.NOT_FOUND,
          id.kind()
              + " "
              + Texts.shown(id.key())
              + " (expected: a "
              + id.kind()
              + " of "
              + state.scope()
              + ")");
    }
    return there;
  }

  static Json.Obj doc(EntityId id, EntityBody body) {
    return body instanceof EntityBody.Present present && present.live() != null
        ? PublicForm.of(id, present.live().doc())
        : Json.Obj.of();
  }

  /** One entity's document, with its version as ETag. */
  static ApiResponse get(ApiRequest request, ScopeState state, EntityId id) {
    EntityBody.Present there = require(state, id);
    ApiResponse response =
        request.hasVersion(there.version())
            ? ApiResponse.notModified()
            : ApiResponse.json(200, doc(id, there));
    return response
        .with("ETag", Writes.etag(there.version()))
        .with("Guidon-Token", state.token().text());
  }

  /** A page of the present entities of a kind. */
  static ApiResponse list(ApiRequest request, ScopeState state, EntityKind kind) {
    SortedMap<String, Json> all = new TreeMap<>();
    state
        .entities()
        .forEach((id, body) -> {
          if (id.kind().equals(kind)
              && body instanceof EntityBody.Present present
              && present.live() != null) {
            all.put(id.key(), entity(id, present));
          }
        });
    return Cursors.page(request, all).with("Guidon-Token", state.token().text());
  }

  static Json entity(EntityId id, EntityBody.Present present) {
    return Json.Obj.builder()
        .put("kind", id.kind().name())
        .put("key", id.key())
        .put("version", present.version())
        .put("doc", doc(id, present))
        .build();
  }

  static Json changes(CommittedEntry entry, boolean withDocuments) {
    List<Json> changes = new ArrayList<>();
    for (Change change : entry.entry().changes()) {
      Json.Obj.Builder out =
          Json.Obj.builder()
              .put("kind", change.id().kind().name())
              .put("key", change.id().key())
              .put("version", change.body().version());
      if (change.body() instanceof EntityBody.Gone) {
        out.put("gone", true);
      } else if (withDocuments) {
        out.put("doc", doc(change.id(), change.body()));
      }
      changes.add(out.build());
    }
    return new Json.Arr(changes);
  }

  static Json commit(ScopeState of, CommittedEntry committed, boolean withDocuments) {
    var entry = committed.entry();
    var position = entry.position();
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("token", new Token(of.scope(), position.era(), position.revision()).text())
            .put("scope", of.scope().text())
            .put("era", position.era())
            .put("revision", position.revision())
            .put("time", Instants.text(entry.timeMicros()))
            .put("actor", entry.actor())
            .putIfPresent("reason", entry.reason())
            .put("idempotencyKey", entry.key())
            .put("priority", entry.priority().text());
    Long catalog = entry.catalogRevision();
    if (catalog != null) {
      out.put("catalogRevision", catalog);
    }
    return out.put("hash", committed.hash().hex())
        .put("previous", entry.previous().hex())
        .put("changes", changes(committed, withDocuments))
        .build();
  }

  static @Nullable String string(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Str s ? s.value() : null;
  }
}
