package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code guidon tail}: commits as they come. */
@Command(
    name = "tail",
    header = "Follows the commits of an environment, oldest first.",
    description = "With -o json one JSON document per line. Ends with Ctrl-C, or after --count.",
    footer = {"guidon tail --env shop/prod", "guidon tail --since 4812 -o json | jq .actor"})
final class Tail extends ApiCommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
  private static final int PAGE_ITEMS = 100;

  @Option(
      names = "--since",
      paramLabel = "REVISION",
      description = "Begin after this revision; with what comes from now on if left out.")
  @Nullable String since;

  @Option(names = "--count", paramLabel = "N", description = "End after so many commits.")
  @Nullable Integer count;

  Tail(CliEnvironment env) {
    super(env);
  }

  /** The revision in a number or a token; 0 when nothing is named. */
  static long revision(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    String revision = text.substring(text.lastIndexOf('.') + 1).replaceFirst("^r", "");
    if (!revision.matches("\\d{1,15}")) {
      throw CliException.usage(
          "--since: \"" + Table.clean(text) + "\" (expected: a revision such as 4812, or a token)",
          null);
    }
    return Long.parseLong(revision);
  }

  @Override
  ExitCode run(Session session) {
    Place place = Place.of(session);
    long last = since == null ? newest(session, place) : revision(since);
    session.out().note("Following " + place.name() + " after revision " + last + ".");
    int shown = 0;
    boolean lost = false;
    while (true) {
      Duration pause = PAUSE;
      try {
        for (Json.Obj commit : after(session, place, last)) {
          show(session.out(), commit);
          last = Math.max(last, Members.whole(commit, "revision"));
          if (++shown == (count == null ? -1 : count)) {
            return ExitCode.OK;
          }
        }
        lost = false;
      } catch (CliException e) {
        if (!isPassing(e)) {
          throw e;
        }
        if (!lost) {
          session.out().note("Lost the server (" + e.getMessage() + "); trying on.");
        }
        lost = true;
        pause = PAUSE_AFTER_FAILURE;
      }
      if (session.out().isClosed()) {
        return ExitCode.OK;
      }
      pause(session, pause);
    }
  }

  private static boolean isPassing(CliException e) {
    String code = e.failure().code();
    return code.equals("unreachable") || code.equals("unavailable") || code.equals("rate-limited");
  }

  private static long newest(Session session, Place place) {
    List<Json.Obj> items = session.api().list(place.get("commits"), 1).items();
    return items.isEmpty() ? 0 : Members.whole(items.getFirst(), "revision");
  }

  /**
   * The later commits, oldest first. The API lists the newest first, so pages are read back to it.
   */
  private static List<Json.Obj> after(Session session, Place place, long last) {
    List<Json.Obj> fresh = new ArrayList<>();
    String cursor = null;
    do {
      Json page =
          session
              .api()
              .send(
                  place
                      .get("commits")
                      .query("limit", String.valueOf(PAGE_ITEMS))
                      .query("cursor", cursor))
              .body();
      for (Json.Obj commit : Members.objects(page, "items")) {
        if (Members.whole(commit, "revision") <= last) {
          Collections.reverse(fresh);
          return fresh;
        }
        fresh.add(commit);
      }
      cursor = Members.string(page, "next");
    } while (cursor != null);
    Collections.reverse(fresh);
    return fresh;
  }

  private static void show(Output out, Json.Obj commit) {
    if (out.format() == Format.JSON) {
      out.jsonLine(commit);
      return;
    }
    if (out.format() == Format.YAML) {
      out.line("---");
      out.document(commit);
    } else if (out.format() == Format.NAME) {
      out.line(Members.text(commit, "token"));
    } else {
      String separator = out.isPlain() ? "\t" : "  ";
      out.line(
          String.join(
                  separator,
                  Members.text(commit, "token"),
                  Members.text(commit, "time"),
                  Table.clean(Members.text(commit, "actor")),
                  Table.clean(Commits.changes(commit)),
                  Table.clean(Members.text(commit, "reason")))
              .stripTrailing());
    }
    out.flush();
  }

  private static void pause(Session session, Duration duration) {
    try {
      session.env().host().pause(duration);
    } catch (InterruptedException e) {
      throw Api.interrupted(e);
    }
  }
}
