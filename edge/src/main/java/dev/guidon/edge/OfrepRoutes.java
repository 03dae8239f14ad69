package dev.guidon.edge;

import dev.guidon.edge.core.RegionView;
import dev.guidon.edge.ofrep.ConfigTag;
import dev.guidon.edge.ofrep.ContextReader;
import dev.guidon.edge.ofrep.FlagAnswers;
import dev.guidon.edge.ofrep.FlagKeys;
import dev.guidon.edge.ofrep.Ofrep;
import dev.guidon.edge.ofrep.OfrepAnswer;
import dev.guidon.edge.ofrep.OfrepRequest;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.engine.Context;
import dev.guidon.stream.SseWriter;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Evaluation over OFREP: one flag, all flags, and the stream that says when to ask again.
 *
 * <p>What is small is answered on the event loop. A body or a ruleset that would hold up the other
 * requests of the loop goes to a thread of its own; a connection's next request waits for the
 * answer either way.
 */
final class OfrepRoutes {
  private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,255}");
  private static final int WAITERS_MAX = 1_000;

  /** Some tens of microseconds of reading. */
  private static final int BODY_BYTES_ON_LOOP_MAX = 16 << 10;

  /** Some tens of microseconds of deciding and writing. */
  private static final int FLAGS_ON_LOOP_MAX = 100;

  /** More regions than this are not asked at once; who is forgotten is made again. */
  private static final int COUNTINGS_MAX = 256;

  private final Loop loop;
  private final EdgeRuntime runtime;
  private final Gate gate;
  private final Bodies bodies;
  private final Regions regions;
  private final Streams streams;
  private final IntSupplier port;
  private final List<Waiter> waiters = new ArrayList<>();

  /** Weakly: a region that was retired takes its ruleset with it. */
  private final Map<RegionView, Counting> countings = new WeakHashMap<>();

  /**
   * @param port where this edge listens, for stream addresses that nothing else tells
   */
  OfrepRoutes(
      Loop loop, Gate gate, Bodies bodies, Regions regions, Streams streams, IntSupplier port) {
    this.loop = loop;
    this.runtime = loop.runtime;
    this.gate = gate;
    this.bodies = bodies;
    this.regions = regions;
    this.streams = streams;
    this.port = port;
  }

  /** A request that waits for a state of which it has heard elsewhere. */
  private record Waiter(BooleanSupplier reached, Runnable then, long deadlineNanos) {}

  // One flag

  void single(Exchange exchange, KeyCheck.Application application, Route.OfrepSingle single) {
    String flagKey = FlagKeys.decode(single.rawKey());
    withBody(exchange, body -> single(exchange, application, flagKey, body));
  }

  private void single(
      Exchange exchange, KeyCheck.Application application, String flagKey, byte[] body) {
    if (body.length > BODY_BYTES_ON_LOOP_MAX) {
      loop.offLoop(
          exchange,
          () -> {
            OfrepRequest request = OfrepRequest.read(body, flagKey);
            loop.onLoop(exchange, () -> single(exchange, application, flagKey, request));
          });
      return;
    }
    Context context = ContextReader.read(body);
    if (context == null) {
      single(exchange, application, flagKey, OfrepRequest.read(body, flagKey));
    } else {
      answer(exchange, application, flagKey, context);
    }
  }

  private void single(
      Exchange exchange, KeyCheck.Application application, String flagKey, OfrepRequest request) {
    switch (request) {
      case OfrepRequest.Asked asked -> answer(exchange, application, flagKey, asked.context());
      case OfrepRequest.Refused refused -> exchange.ofrep(refused.answer());
    }
  }

  private void answer(
      Exchange exchange, KeyCheck.Application application, String flagKey, Context context) {
    ScopeDriver scope = application.scope();
    Ofrep.Reader reader = application.reader();
    regions.with(
        exchange,
        scope,
        reader == Ofrep.Reader.CLIENT,
        region -> {
          FlagAnswers flags = region.answers();
          long now = runtime.nowMicros();
          exchange.ofrep(
              Ofrep.single(
                  flags,
                  reader,
                  flagKey,
                  context,
                  now,
                  scope.stalenessMicros(now),
                  counted(scope, region, flags)));
        });
  }

  // All flags

  void bulk(Exchange exchange, KeyCheck.Application application) {
    withBody(
        exchange,
        body -> {
          if (body.length > BODY_BYTES_ON_LOOP_MAX) {
            loop.offLoop(
                exchange,
                () -> {
                  OfrepRequest request = OfrepRequest.read(body, "");
                  loop.onLoop(exchange, () -> bulk(exchange, application, request));
                });
          } else {
            bulk(exchange, application, OfrepRequest.read(body, ""));
          }
        });
  }

  private void bulk(Exchange exchange, KeyCheck.Application application, OfrepRequest request) {
    switch (request) {
      case OfrepRequest.Refused refused -> exchange.ofrep(refused.answer());
      case OfrepRequest.Asked asked ->
          regions.with(
              exchange,
              application.scope(),
              application.reader() == Ofrep.Reader.CLIENT,
              region ->
                  onceCaughtUp(
                      exchange, region, () -> answerBulk(exchange, application, region, asked)));
    }
  }

  /** Whatever is committed meanwhile: one ruleset, one instant. */
  private void answerBulk(
      Exchange exchange,
      KeyCheck.Application application,
      RegionView region,
      OfrepRequest.Asked asked) {
    FlagAnswers flags = region.answers();
    ScopeDriver scope = application.scope();
    long now = runtime.nowMicros();
    long age = scope.stalenessMicros(now);
    String base = baseUrl(exchange.request());
    String ifNoneMatch = exchange.request().getHeader(HttpHeaders.IF_NONE_MATCH);
    java.util.function.Supplier<OfrepAnswer> answer =
        () ->
            Ofrep.bulk(
                flags,
                application.reader(),
                asked,
                now,
                age,
                ifNoneMatch,
                runtime.tickets.period(now),
                base
                    + "/ofrep/v1/events?ticket="
                    + runtime.tickets.issue(scope.id(), application.secret(), now)
                    + "&region="
                    + region.name(),
                counting(scope, flags));
    if (flags.ruleset().flagKeys().size() <= FLAGS_ON_LOOP_MAX) {
      exchange.ofrep(answer.get());
    } else {
      loop.offLoop(
          exchange,
          () -> {
            OfrepAnswer made = answer.get();
            loop.onLoop(exchange, () -> exchange.ofrep(made));
          });
    }
  }

  /**
   * A client that was told of a newer state elsewhere is not answered from an older one, for a
   * bounded time.
   */
  private void onceCaughtUp(Exchange exchange, RegionView region, Runnable answer) {
    String tagText = exchange.param("flagConfigEtag");
    ConfigTag tag = tagText == null ? null : ConfigTag.parse(tagText);
    long modified = seconds(exchange.param("flagConfigLastModified"));
    BooleanSupplier reached =
        () -> {
          FlagAnswers flags = region.answers();
          return (tag == null || tag.isReachedBy(flags.ruleset().position()))
              && flags.ruleset().view().timeMicros() / 1_000_000 >= modified;
        };
    if (reached.getAsBoolean() || waiters.size() >= WAITERS_MAX) {
      answer.run();
      return;
    }
    long wait = runtime.options.timing().catchUp().toNanos();
    waiters.add(
        new Waiter(
            reached, () -> loop.guarded(exchange, answer), runtime.time.monotonicNanos() + wait));
    loop.vertx.setTimer(Math.max(1, wait / 1_000_000), _ -> wake());
  }

  private static long seconds(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    Long instant = dev.guidon.model.Instants.parse(text);
    if (instant != null) {
      return instant / 1_000_000;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return 0; // A hint that cannot be read binds nobody.
    }
  }

  /** Answers those whose state has come, or who have waited for long enough. */
  void wake() {
    if (waiters.isEmpty()) {
      return;
    }
    long now = runtime.time.monotonicNanos();
    List<Waiter> awake = new ArrayList<>();
    waiters.removeIf(waiter -> {
      boolean done = waiter.reached().getAsBoolean() || now - waiter.deadlineNanos() >= 0;
      return done && awake.add(waiter);
    });
    awake.forEach(waiter -> waiter.then().run());
  }

  // Bodies and counts

  /** For the loop, where most requests are answered from the ruleset of the one before. */
  private Ofrep.Evaluated counted(ScopeDriver scope, RegionView region, FlagAnswers flags) {
    Counting last = countings.get(region);
    if (last == null || !last.isOf(flags)) {
      if (countings.size() >= COUNTINGS_MAX) {
        countings.clear();
      }
      last = new Counting(runtime.metrics, scope, flags);
      countings.put(region, last);
    }
    return last;
  }

  /** For any thread. */
  private Ofrep.Evaluated counting(ScopeDriver scope, FlagAnswers flags) {
    String scopeText = scope.id().text();
    long revision = flags.ruleset().position().revision();
    return (flag, outcome) -> {
      scope.counts().add(flag, outcome, revision);
      runtime.metrics.evaluated(scopeText, flag, outcome);
    };
  }

  private void withBody(Exchange exchange, Consumer<byte[]> then) {
    String contentType = exchange.request().getHeader(HttpHeaders.CONTENT_TYPE);
    if (contentType != null
        && !isJson(contentType)
        && Bodies.declaredLength(exchange.request()) != 0) {
      exchange.fail(415, "the body's type (expected: application/json)");
    } else {
      bodies.read(exchange, then);
    }
  }

  private static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
    return type.equalsIgnoreCase("application/json")
        || type.regionMatches(true, type.length() - 5, "+json", 0, 5);
  }

  private String baseUrl(HttpServerRequest request) {
    String configured = runtime.options.publicUrl();
    if (configured != null) {
      return configured.endsWith("/")
          ? configured.substring(0, configured.length() - 1)
          : configured;
    }
    String authority = request.authority() == null ? "" : request.authority().toString();
    return AUTHORITY.matcher(authority).matches()
        ? (request.isSSL() ? "https://" : "http://") + authority
        : "http://127.0.0.1:" + port.getAsInt();
  }

  // The stream

  void events(Exchange exchange) {
    String text = exchange.param("ticket");
    Tickets.Ticket ticket = text == null ? null : runtime.tickets.check(text, runtime.nowMicros());
    ScopeDriver scope = ticket == null ? null : runtime.scopes.get(ticket.scope());
    if (ticket == null
        || scope == null
        || !new Admission(scope, ticket.keyHash()).test(runtime.nowMicros())) {
      exchange.fail(401, "the ticket is not good (any more); bulk evaluation gives a new one");
      return;
    }
    if (!gate.isWithinRate(exchange, ticket.keyHash())) {
      return;
    }
    regions.with(
        exchange,
        scope,
        /* forClient= */ true,
        region ->
            streams.open(
                exchange,
                Streams.OFREP,
                scope,
                region,
                () -> refetchSource(region, exchange.request().getHeader("Last-Event-ID")),
                new Admission(scope, ticket.keyHash())));
  }

  /**
   * One signal per new state or epoch, merged for slow readers. A reader that does not name the
   * present state gets one at once: between its answer and this stream something may have changed.
   */
  private EventStream.Source refetchSource(RegionView region, @Nullable String lastEventId) {
    var sent = new String[] {lastEventId == null ? "" : lastEventId};
    var begun = new boolean[1];
    return () -> {
      ConfigTag tag = region.answers().configTag(runtime.nowMicros());
      long round = region.answers().round();
      String id = tag.position().text() + ":" + tag.epoch() + (round == 0 ? "" : ":" + round);
      List<byte[]> bytes = new ArrayList<>();
      if (!begun[0]) {
        begun[0] = true;
        bytes.add(Streams.retry(1_000 + ThreadLocalRandom.current().nextLong(4_000)));
      }
      if (!id.equals(sent[0])) {
        sent[0] = id;
        bytes.add(
            SseWriter.event(id, "message", Ofrep.refetchData(tag, region.view().timeMicros())));
      }
      return new EventStream.Step(bytes, /* close= */ false);
    };
  }
}
