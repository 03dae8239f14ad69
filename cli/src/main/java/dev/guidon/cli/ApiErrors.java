package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the server's problems into words and exit codes. */
final class ApiErrors {
  private ApiErrors() {}

  static CliException of(Call call, Reply reply) {
    Json problem = reply.body();
    String code = Members.string(problem, "code");
    String detail = Members.string(problem, "detail");
    String title = Members.string(problem, "title");
    String message =
        detail != null
            ? detail
            : title != null ? title : "The server answered " + reply.status() + ".";
    return new CliException(
        new CliException.Failure(
            exit(reply.status()),
            code == null
                ? "http-" + reply.status()
                : code.toLowerCase(Locale.ROOT).replace('_', '-'),
            title != null && detail != null && !detail.startsWith(title)
                ? title + ": " + detail
                : message,
            why(problem),
            hint(call, reply.status(), code),
            Members.string(problem, "traceId"),
            problem instanceof Json.Obj ? problem : null));
  }

  private static ExitCode exit(int status) {
    return switch (status) {
      case 400, 405, 413, 415, 422 -> ExitCode.USAGE;
      case 401, 403 -> ExitCode.AUTH;
      case 404, 410 -> ExitCode.NOT_FOUND;
      case 409, 412 -> ExitCode.CONFLICT;
      default -> ExitCode.FAILED;
    };
  }

  private static List<String> why(Json problem) {
    List<String> why = new ArrayList<>();
    for (Json.Obj error : Members.objects(problem, "errors")) {
      String pointer = Members.text(error, "pointer");
      why.add((pointer.isEmpty() ? "document" : pointer) + ": " + Members.text(error, "detail"));
    }
    if (Members.at(problem, "conflict") instanceof Json.Obj conflict) {
      why.addAll(conflict(conflict));
    }
    return why;
  }

  /** What the other side did, and how it differs from what was asked for. */
  private static List<String> conflict(Json.Obj conflict) {
    List<String> lines = new ArrayList<>();
    String reason = Members.string(conflict, "reason");
    String actor = Members.string(conflict, "actor");
    String time = Members.string(conflict, "time");
    lines.add(
        Members.text(conflict, "kind")
            + " "
            + Members.text(conflict, "key")
            + ": yours is based on version "
            + Members.text(conflict, "basedOn")
            + ", now it is at version "
            + Members.text(conflict, "version")
            + (actor == null ? "" : " by " + actor)
            + (time == null ? "" : " at " + time)
            + (reason == null ? "" : " (" + reason + ")"));
    Json theirs = conflict.get("theirs");
    Json yours = conflict.get("yours");
    if (theirs instanceof Json.Null) {
      lines.add("theirs: deleted");
    } else if (theirs instanceof Json.Obj && yours instanceof Json.Obj) {
      lines.add("theirs → yours:");
      DocumentDiff.changes(theirs, yours).forEach(line -> lines.add("  " + line));
    }
    return lines;
  }

  private static @Nullable String hint(Call call, int status, @Nullable String code) {
    if ("STILL_EVALUATED".equals(code)) {
      return "Wait until nobody asks for it, or add --force.";
    }
    if ("KEY_REUSED".equals(code)) {
      return "Run the command again; it takes a new idempotency key.";
    }
    return switch (status) {
      case 401 -> "Set GUIDON_TOKEN or --token-file; see guidon help tokens.";
      case 403 -> "Ask somebody with the role; guidon context show tells what is in force.";
      case 404 ->
          call.path().contains("/environments/")
              ? "Check --project, --env and the key; guidon env list names the environments."
              : "Check --project; guidon project list names the projects.";
      case 409 -> "Look at what they did, then run the command again.";
      case 413 -> "Send less at once; keys of segments go with guidon segment add-keys.";
      case 422 -> "Mend what is listed above, then run the command again.";
      case 429, 503 -> "Try again in a while.";
      default -> null;
    };
  }
}
