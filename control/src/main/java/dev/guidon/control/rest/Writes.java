package dev.guidon.control.rest;

import dev.guidon.control.Author;
import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
import dev.guidon.control.Consumers;
import dev.guidon.control.Diffs;
import dev.guidon.control.Edit;
import dev.guidon.control.EditProblem;
import dev.guidon.control.History;
import dev.guidon.control.PublicForm;
import dev.guidon.control.Scopes;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Instants;
import dev.guidon.model.Problem;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Turns requests into commands, and what became of them into answers. */
final class Writes {
  /** Where problems of a single document are: at the document itself. */
  static final IntFunction<String> SINGLE = edit -> "";

  private final Scopes scopes;
  private final History history;
  private final Consumers consumers;
  private final Lints lints;

  Writes(Scopes scopes, History history, Consumers consumers, Lints lints) {
    this.scopes = scopes;
    this.history = history;
    this.consumers = consumers;
    this.lints = lints;
  }

  /** A write of one entity. */
  ApiResponse one(ApiRequest request, ScopeId scope, Edit edit) {
    CommandResult result = run(request, scope, List.of(edit), /* returning= */ false, SINGLE);
    ApiResponse response = answer(scope, result);
    return switch (result) {
      case CommandResult.Committed done ->
          withVersion(response, edit.id(), done.entry().entry().changes());
      case CommandResult.Unchanged same -> {
        EntityBody.Present there = same.state().present(edit.id());
        yield there == null ? response : response.with("ETag", etag(there.version()));
      }
      default -> response;
    };
  }

  private static ApiResponse withVersion(ApiResponse response, EntityId id, List<Change> changes) {
    for (Change change : changes) {
      if (change.id().equals(id) && change.body() instanceof EntityBody.Present present) {
        ApiResponse tagged = response.with("ETag", etag(present.version()));
        return present.version() == 1
            ? new ApiResponse(201, tagged.headers(), tagged.body())
            : tagged;
      }
    }
    return response;
  }

  static String etag(long version) {
    return "\"" + version + "\"";
  }

  /** Several edits in one commit. */
  ApiResponse many(
      ApiRequest request,
      ScopeId scope,
      List<Edit> edits,
      boolean returning,
      IntFunction<String> places) {
    return answer(scope, run(request, scope, edits, returning, places));
  }

  /**
   * Runs a command; throws {@link ApiException} for everything but success.
   *
   * @param places where an edit's document is in the request's body
   */
  CommandResult run(
      ApiRequest request,
      ScopeId scope,
      List<Edit> edits,
      boolean returning,
      IntFunction<String> places) {
    return success(
        request,
        scopes.execute(
            command(
                request,
                scope,
                request.idempotencyKey(),
                edits,
                returning,
                request.flag("dryRun"))),
        places);
  }

  Command command(
      ApiRequest request,
      ScopeId scope,
      String key,
      List<Edit> edits,
      boolean returning,
      boolean dryRun) {
    String reason = request.query().get("reason");
    if (reason != null && reason.length() > Command.REASON_CHARS_MAX) {
      throw new ApiException(
          Code.BAD_REQUEST,
          "query reason: "
              + reason.length()
              + " characters (expected: at most "
              + Command.REASON_CHARS_MAX
              + ")");
    }
    return new Command(
        scope,
        key,
        request.signedIn().name(),
        reason,
        edits,
        returning,
        request.flag("allowGrowth"),
        dryRun);
  }

  CommandResult success(ApiRequest request, CommandResult result, IntFunction<String> places) {
    return switch (result) {
      case CommandResult.Committed done -> done;
      case CommandResult.Unchanged same -> same;
      case CommandResult.Checked checked -> checked;
      case CommandResult.Refused refused ->
          throw ApiException.invalid(placed(refused.problems(), places));
      case CommandResult.Conflicted conflict -> throw conflict(conflict);
      case CommandResult.KeyReused reused ->
          throw new ApiException(
              Code.KEY_REUSED,
              "the key made revision "
                  + reused.existing().position().revision()
                  + " (expected: a fresh key, or the same command)");
      case CommandResult.Unavailable unavailable ->
          throw new ApiException(
              unavailable.outcomeUnknown() ? Code.OUTCOME_UNKNOWN : Code.UNAVAILABLE,
              unavailable.outcomeUnknown()
                  ? "repeat with Idempotency-Key " + request.idempotencyKey()
                  : "nothing was written");
    };
  }

  private static List<Problem> placed(List<EditProblem> problems, IntFunction<String> places) {
    List<Problem> placed = new ArrayList<>();
    for (EditProblem one : problems) {
      String place = one.edit() < 0 ? "" : places.apply(one.edit());
      Problem problem = one.problem();
      placed.add(new Problem(problem.code(), place + problem.pointer(), problem.message()));
    }
    return placed;
  }

  private ApiException conflict(CommandResult.Conflicted conflict) {
    Json.Obj theirs =
        conflict.current() instanceof EntityBody.Present present && present.live() != null
            ? PublicForm.of(conflict.id(), present.live().doc())
            : null;
    Json yours =
        switch (conflict.yours()) {
          case Edit.Put put -> put.doc();
          case Edit.Merge merge -> merge.patch();
          case Edit.Delete delete -> Json.NULL;
          case Edit.Keys keys -> Json.NULL;
        };
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("kind", conflict.id().kind().name())
            .put("key", conflict.id().key())
            .put("basedOn", conflict.basedOn())
            .put(
                "version",
                conflict.current() instanceof EntityBody.Present present ? present.version() : 0)
            .put("theirs", theirs == null ? Json.NULL : theirs)
            .put(
                "yours",
                yours instanceof Json.Obj object
                    ? PublicForm.of(conflict.id(), object)
                    : Json.NULL);
    Author author = conflict.author();
    if (author == null && conflict.current() != null) {
      author =
          history.authorOf(conflict.state().scope(), conflict.id(), conflict.state().position());
    }
    if (author != null) {
      out.put("actor", author.actor())
          .put("time", Instants.text(author.timeMicros()))
          .put("revision", author.revision())
          .putIfPresent("reason", author.reason());
    }
    return new ApiException(
        Code.CONFLICT,
        conflict.id().kind()
            + " was changed since version "
            + conflict.basedOn()
            + " (expected: a change based on the present version)",
        List.of(),
        out.build());
  }

  // --- answers

  ApiResponse answer(ScopeId scope, CommandResult result) {
    return switch (result) {
      case CommandResult.Checked checked -> dryRun(scope, checked);
      default -> {
        Json.Obj receipt = receipt(scope, result);
        yield ApiResponse.json(200, receipt).with("Guidon-Token", text(receipt, "token"));
      }
    };
  }

  static String text(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Str s ? s.value() : "";
  }

  Json.Obj receipt(ScopeId scope, CommandResult result) {
    return switch (result) {
      case CommandResult.Committed done -> committed(scope, done);
      case CommandResult.Unchanged same -> unchanged(same.state());
      case CommandResult.Checked checked -> unchanged(checked.before());
      default ->
          throw new IllegalStateException(
              "result: " + result.getClass().getSimpleName() + " (expected: a success)");
    };
  }

  private static Json.Obj committed(ScopeId scope, CommandResult.Committed done) {
    CommittedEntry entry = done.entry();
    var position = entry.position();
    return Json.Obj.builder()
        .put("token", new Token(scope, position.era(), position.revision()).text())
        .put("scope", scope.text())
        .put("era", position.era())
        .put("revision", position.revision())
        .put("time", Instants.text(entry.entry().timeMicros()))
        .put("hash", entry.hash().hex())
        .put("priority", entry.entry().priority().text())
        .put("replayed", done.replayed())
        .put("unchanged", false)
        .put("changes", Entities.changes(entry, /* withDocuments= */ false))
        .build();
  }

  private static Json.Obj unchanged(ScopeState state) {
    return Json.Obj.builder()
        .put("token", state.token().text())
        .put("scope", state.scope().text())
        .put("era", state.position().era())
        .put("revision", state.position().revision())
        .put("unchanged", true)
        .put("changes", Json.arr())
        .build();
  }

  private ApiResponse dryRun(ScopeId scope, CommandResult.Checked checked) {
    List<Json> lacking = new ArrayList<>();
    for (Consumers.Lacking one : consumers.lacking(scope, checked.changes())) {
      lacking.add(
          Json.Obj.builder()
              .put("id", one.id())
              .put("name", one.name())
              .put("version", one.version())
              .put("lacks", new Json.Arr(one.lacks().stream().map(l -> (Json) Json.of(l)).toList()))
              .build());
    }
    return dryRun(
        checked.before(),
        checked.priority().text(),
        Diffs.of(checked.before(), checked.changes()),
        lacking,
        lints.warnings(checked.before(), checked.changes()));
  }

  static ApiResponse dryRun(
      ScopeState before,
      String priority,
      List<Json> diff,
      List<Json> lacking,
      List<Json> warnings) {
    Json.Obj body =
        Json.Obj.builder()
            .put("dryRun", true)
            .put("token", before.token().text())
            .put("priority", priority)
            .put("diff", new Json.Arr(diff))
            .put("lacking", new Json.Arr(lacking))
            .put("warnings", new Json.Arr(warnings))
            .build();
    return ApiResponse.json(200, body).with("Guidon-Token", before.token().text());
  }
}
