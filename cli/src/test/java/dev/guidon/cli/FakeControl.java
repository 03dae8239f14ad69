package dev.guidon.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Problems;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A control server of one project that keeps everything in memory. Small but honest: it reads
 * documents as strictly as the real one, keeps versions and a history, and every exchange is held
 * against the contract.
 */
final class FakeControl implements AutoCloseable {
  static final String TOKEN = "gdn_per_" + "a".repeat(43) + "000000";

  /** What stands where in a log; the documents as they are after the commit. */
  private record Commit(
      long revision,
      String actor,
      String reason,
      String key,
      List<Edit> edits,
      Map<String, Stored> after) {}

  private record Stored(String kind, String key, long version, Json doc) {
    Json json() {
      return Json.Obj.builder()
          .put("kind", kind)
          .put("key", key)
          .put("version", version)
          .put("doc", doc)
          .build();
    }
  }

  /**
   * @param doc {@code null}: deleted
   */
  private record Edit(String kind, String key, Long basedOn, Json doc) {}

  private record Request(
      String method,
      List<String> path,
      Map<String, String> query,
      Map<String, String> headers,
      Json body) {
    boolean isDryRun() {
      return "true".equals(query.get("dryRun"));
    }
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final transient Json.Obj problem;

    Refusal(int status, String code, String title, String detail) {
      this.status = status;
      this.problem =
          Json.Obj.builder()
              .put("type", "https://guidon.dev/problems/" + code.toLowerCase(java.util.Locale.ROOT))
              .put("title", title)
              .put("status", status)
              .put("code", code)
              .put("detail", detail)
              .put("traceId", "0af7651916cd43dd8448eb211c80319c")
              .build();
    }

    Refusal(Refusal other, String member, Json value) {
      this.status = other.status;
      this.problem = other.problem.with(member, value);
    }
  }

  private final HttpServer server;
  private final Contract contract;
  private final Map<String, Map<String, Stored>> environments = new TreeMap<>();
  private final Map<String, List<Commit>> logs = new TreeMap<>();
  private final Map<String, Json> declarations = new TreeMap<>();
  private final Map<String, Json> answered = new HashMap<>();
  private final List<Json> keys = new ArrayList<>();
  private final Map<String, TreeSet<String>> lists = new HashMap<>();
  private long catalogRevision;
  private int answersToLose;
  private int timesUnavailable;
  private boolean evaluated;
  private String actor = "ana";

  final List<String> requests = new ArrayList<>();
  final List<String> idempotencyKeys = new ArrayList<>();
  final List<String> conditions = new ArrayList<>();

  FakeControl() throws IOException {
    contract = Contract.load();
    for (String name : List.of("dev", "prod")) {
      environments.put(name, new LinkedHashMap<>());
      logs.put(name, new ArrayList<>());
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What neither side may do by the contract. */
  List<String> violations() {
    return contract.violations();
  }

  /** The next requests are carried out, but their answers never arrive. */
  void loseAnswers(int count) {
    answersToLose = count;
  }

  void beUnavailable(int times) {
    timesUnavailable = times;
  }

  void reportEvaluations() {
    evaluated = true;
  }

  /** A change by somebody else. */
  synchronized void changedBy(String who, String environment, String kind, String json) {
    actor = who;
    Json doc = JsonReader.read(json, JsonLimits.DEFAULT);
    commit(environment, "by-" + who, "", List.of(new Edit(kind, key(kind, doc), null, doc)), false);
    actor = "ana";
  }

  synchronized void declare(String key, String type) {
    declarations.put(key, Json.Obj.builder().put("key", key).put("type", type).build());
  }

  synchronized Json document(String environment, String kind, String key) {
    Stored stored = environments.get(environment).get(kind + " " + key);
    return stored == null ? null : stored.doc();
  }

  synchronized int commits(String environment) {
    return logs.get(environment).size();
  }

  private static String key(String kind, Json doc) {
    return EntityDoc.Kind.named(kind).keyOf(doc);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readAllBytes();
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) ->
            headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
    String rawPath = exchange.getRequestURI().getRawPath();
    Json body =
        bytes.length == 0
            ? Json.NULL
            : JsonReader.read(
                bytes, JsonLimits.DEFAULT.withMaxBytes(64 << 20).withMaxChildren(1_000_000));
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    Request request =
        new Request(
            exchange.getRequestMethod(),
            Arrays.stream(rawPath.substring(1).split("/")).map(FakeControl::decoded).toList(),
            query,
            headers,
            body);
    Json answer;
    int status = 200;
    synchronized (this) {
      requests.add(request.method() + " " + exchange.getRequestURI());
      idempotencyKeys.add(headers.getOrDefault("idempotency-key", ""));
      conditions.add(headers.getOrDefault("if-match", ""));
      Json operation =
          contract.request(request.method(), rawPath, query.keySet(), headers.keySet(), body);
      try {
        if (timesUnavailable > 0) {
          timesUnavailable--;
          throw new Refusal(503, "UNAVAILABLE", "Not now", "the log is away");
        }
        answer = answer(request, exchange);
      } catch (Refusal e) {
        status = e.status;
        answer = e.problem;
      }
      contract.response(request.method() + " " + rawPath, operation, status, answer);
      if (answersToLose > 0) {
        answersToLose--;
        exchange.close();
        return;
      }
    }
    byte[] out = CanonicalJson.bytes(answer);
    exchange
        .getResponseHeaders()
        .set("Content-Type", status < 400 ? "application/json" : "application/problem+json");
    exchange.sendResponseHeaders(status, out.length);
    exchange.getResponseBody().write(out);
    exchange.close();
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String part : raw.split("&", -1)) {
        String[] pair = part.split("=", 2);
        query.put(decoded(pair[0]), decoded(pair[1]));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  // --- routes

  private Json answer(Request request, HttpExchange exchange) {
    if (!("Bearer " + TOKEN).equals(request.headers().get("authorization"))) {
      throw new Refusal(401, "UNAUTHENTICATED", "Who is there?", "no known token");
    }
    List<String> path = request.path().subList(2, request.path().size());
    if (path.equals(List.of("projects"))) {
      return request.method().equals("GET")
          ? page(
              request,
              List.of(
                  entity(
                      "project",
                      "shop",
                      Json.Obj.of("key", Json.of("shop"), "name", Json.of("The shop")))))
          : receipt("system", 2, false, List.of());
    }
    if (!path.get(0).equals("projects") || !path.get(1).equals("shop")) {
      throw notFound("no project " + path.get(1));
    }
    if (path.size() == 2) {
      return Json.Obj.of("key", Json.of("shop"), "name", Json.of("The shop"));
    }
    if (path.get(2).equals("flags")) {
      return catalog(request, path.subList(3, path.size()));
    }
    if (path.size() == 3) {
      return request.method().equals("GET") ? environmentList(request) : createEnvironment(request);
    }
    String environment = path.get(3);
    if (!environments.containsKey(environment)) {
      throw notFound("no environment shop/" + environment);
    }
    exchange.getResponseHeaders().set("Guidon-Token", token(environment));
    if (path.size() == 4) {
      return Json.Obj.of("project", Json.of("shop"), "key", Json.of(environment));
    }
    return inEnvironment(request, environment, path.subList(4, path.size()), exchange);
  }

  private Json environmentList(Request request) {
    return page(
        request,
        environments.keySet().stream()
            .map(name ->
                entity(
                    "environment",
                    "shop/" + name,
                    Json.Obj.of(
                        "project",
                        Json.of("shop"),
                        "key",
                        Json.of(name),
                        "protected",
                        Json.of(name.equals("prod")))))
            .toList());
  }

  private Json createEnvironment(Request request) {
    String name = Members.text(request.body(), "key");
    environments.put(name, new LinkedHashMap<>());
    logs.put(name, new ArrayList<>());
    return receipts(
        List.of(
            receipt("system", 3, false, List.of()), receipt("shop/" + name, 1, false, List.of())));
  }

  private static Json entity(String kind, String key, Json doc) {
    return new Stored(kind, key, 1, doc).json();
  }

  private Json catalog(Request request, List<String> path) {
    if (path.isEmpty()) {
      return createFlag(request);
    }
    Json declaration = declarations.get(path.getFirst());
    if (declaration == null) {
      throw notFound("no flag " + path.getFirst() + " in the catalog of shop");
    }
    if (request.method().equals("GET")) {
      return declaration;
    }
    if (evaluated && !"true".equals(request.query().get("force"))) {
      throw new Refusal(
          409, "STILL_EVALUATED", "Still in use", "12 evaluations in the last hour in shop/prod");
    }
    catalogRevision++;
    return path.size() == 2
        ? receipt("shop", catalogRevision, false, List.of())
        : receipts(List.of(receipt("shop", catalogRevision, false, List.of())));
  }

  private Json createFlag(Request request) {
    String key = Members.text(request.body(), "key");
    if (request.isDryRun()) {
      return dryRun("shop@1." + catalogRevision, List.of());
    }
    declarations.put(key, request.body());
    catalogRevision++;
    List<Json> all = new ArrayList<>(List.of(receipt("shop", catalogRevision, false, List.of())));
    for (String name : environments.keySet()) {
      all.add(
          commit(
              name,
              request.headers().get("idempotency-key") + name,
              "",
              List.of(new Edit("flag", key, 0L, off(request.body()))),
              false));
    }
    return receipts(all);
  }

  private static Json off(Json declaration) {
    Json variants = Members.at(declaration, "variants");
    Json off = Members.at(declaration, "offVariant");
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", Members.text(declaration, "key"))
            .put("type", Members.text(declaration, "type"))
            .put("on", false)
            .put(
                "variants",
                variants == null
                    ? Json.Obj.of("off", Json.of(false), "on", Json.of(true))
                    : variants)
            .put("offVariant", off == null ? Json.of("off") : off)
            .build();
    return Json.Obj.of("envelope", envelope, "default", Json.Obj.of("variant", Json.NULL));
  }

  private Json inEnvironment(
      Request request, String environment, List<String> path, HttpExchange exchange) {
    return switch (path.getFirst()) {
      case "commits" ->
          request.method().equals("GET")
              ? history(request, environment)
              : write(request, environment, edits(request, environment));
      case "state" -> state(request, environment);
      case "diff" -> diff(request, environment);
      case "explain" -> explain(request, environment);
      case "lint" -> lint(environment, null, exchange);
      case "promote" -> promote(request, environment);
      case "keys" -> sdkKeys(request, environment, path);
      default -> entities(request, environment, path, exchange);
    };
  }

  private Json entities(
      Request request, String environment, List<String> path, HttpExchange exchange) {
    String kind = EntityDoc.Kind.named(path.getFirst()).one();
    if (path.size() == 1) {
      return page(
          request,
          environments.get(environment).values().stream()
              .filter(stored -> stored.kind().equals(kind))
              .map(Stored::json)
              .toList());
    }
    Stored stored = environments.get(environment).get(kind + " " + path.get(1));
    if (stored == null && !request.method().equals("PUT")) {
      throw notFound("no " + kind + " " + path.get(1) + " in shop/" + environment);
    }
    if (path.size() > 2 && path.get(2).equals("lint")) {
      return lint(environment, path.get(1), exchange);
    }
    if (request.method().equals("GET")) {
      exchange.getResponseHeaders().set("ETag", "\"" + stored.version() + "\"");
      return stored.doc();
    }
    String match = request.headers().get("if-match");
    Long basedOn =
        match != null
            ? Long.valueOf(match.replace("\"", ""))
            : "*".equals(request.headers().get("if-none-match")) ? Long.valueOf(0) : null;
    Json doc =
        switch (request.method()) {
          case "PATCH" -> merged(stored.doc(), request.body());
          case "PUT" -> request.body();
          case "POST" -> withKeys(environment, stored, request);
          default -> null;
        };
    return write(request, environment, List.of(new Edit(kind, path.get(1), basedOn, doc)));
  }

  /** Keys are kept beside the documents, which hold only their hashes. */
  private Json withKeys(String environment, Stored segment, Request request) {
    Json edit = request.body();
    String list = Members.text(edit, "list");
    TreeSet<String> members =
        lists.computeIfAbsent(
            environment + " " + segment.key() + " " + list, id -> new TreeSet<>());
    members.addAll(Members.strings(edit, "add"));
    Members.strings(edit, "remove").forEach(members::remove);
    return ((Json.Obj) segment.doc()).with(list, Members.array(List.copyOf(members)));
  }

  private static Json merged(Json target, Json patch) {
    if (!(patch instanceof Json.Obj changes)) {
      return patch;
    }
    Json.Obj merged = target instanceof Json.Obj object ? object : Json.Obj.of();
    for (var change : changes.members().entrySet()) {
      merged =
          change.getValue() instanceof Json.Null
              ? merged.without(change.getKey())
              : merged.with(
                  change.getKey(), merged(merged.get(change.getKey()), change.getValue()));
    }
    return merged;
  }

  private List<Edit> edits(Request request, String environment) {
    List<Edit> edits = new ArrayList<>();
    for (Json.Obj change : Members.objects(request.body(), "changes")) {
      String kind = Members.text(change, "kind");
      String key = Members.text(change, "key");
      long basedOn = Members.whole(change, "basedOn");
      Json doc = Members.isTrue(change, "delete") ? null : change.get("doc");
      edits.add(new Edit(kind, key, basedOn < 0 ? null : basedOn, doc));
      if (kind.equals("flag")
          && doc != null
          && !declarations.containsKey(key)
          && !environments.get(environment).containsKey("flag " + key)) {
        throw new Refusal(
            422, "INVALID", "Not acceptable as it is", "flag " + key + " is not in the catalog");
      }
    }
    return edits;
  }

  private Json write(Request request, String environment, List<Edit> edits) {
    String key = request.headers().getOrDefault("idempotency-key", "none");
    Json before = answered.get(environment + key);
    if (before instanceof Json.Obj receipt) {
      return receipt.with("replayed", Json.of(true));
    }
    Json answer =
        commit(
            environment,
            key,
            request.query().getOrDefault("reason", ""),
            edits,
            request.isDryRun());
    if (!request.isDryRun()) {
      answered.put(environment + key, answer);
    }
    return answer;
  }

  private Json commit(
      String environment, String key, String reason, List<Edit> edits, boolean dryRun) {
    Map<String, Stored> state = environments.get(environment);
    Map<String, Stored> after = new LinkedHashMap<>(state);
    long revision = logs.get(environment).size() + 1L;
    List<Edit> effective = new ArrayList<>();
    for (Edit edit : edits) {
      String id = edit.kind() + " " + edit.key();
      Stored there = state.get(id);
      long version = there == null ? 0 : there.version();
      if (edit.basedOn() != null && edit.basedOn() != version) {
        throw conflict(environment, edit, there);
      }
      Json doc = edit.doc() == null ? null : stored(full(edit));
      if (there == null ? doc == null : there.doc().equals(doc)) {
        continue;
      }
      effective.add(edit);
      if (doc == null) {
        after.remove(id);
      } else {
        after.put(id, new Stored(edit.kind(), edit.key(), revision, doc));
      }
    }
    if (dryRun) {
      return dryRun(token(environment), differences(state, after));
    }
    if (effective.isEmpty()) {
      return receipt("shop/" + environment, revision - 1, true, List.of());
    }
    environments.put(environment, after);
    logs.get(environment).add(new Commit(revision, actor, reason, key, effective, after));
    return receipt("shop/" + environment, revision, false, changes(effective, revision));
  }

  private static Json full(Edit edit) {
    Problems problems = new Problems();
    Json full =
        switch (EntityDoc.Kind.named(edit.kind())) {
          case FLAG -> {
            var flag = FlagFormat.read(edit.doc(), problems, true);
            yield problems.isEmpty() ? FlagFormat.write(flag) : edit.doc();
          }
          case SEGMENT -> {
            var segment = SegmentFormat.read(edit.doc(), problems, true);
            yield problems.isEmpty() ? SegmentFormat.write(segment) : edit.doc();
          }
          case LAYER -> {
            var layer = LayerFormat.read(edit.doc(), problems, true);
            yield problems.isEmpty() ? LayerFormat.write(layer) : edit.doc();
          }
        };
    if (!problems.isEmpty()) {
      List<Json> errors =
          problems.list().stream()
              .map(problem ->
                  (Json)
                      Json.Obj.builder()
                          .put("pointer", problem.pointer())
                          .put("code", problem.code().name())
                          .put("detail", problem.message())
                          .build())
              .toList();
      throw new Refusal(
          new Refusal(422, "INVALID", "Not acceptable as it is", errors.size() + " problems"),
          "errors",
          new Json.Arr(errors));
    }
    return full;
  }

  /** Key lists as the log holds them: no key, only hashes. */
  private static Json stored(Json doc) {
    Json.Obj stored = (Json.Obj) doc;
    for (String list : List.of("included", "excluded")) {
      if (stored.get(list) instanceof Json.Arr keys && !keys.items().isEmpty()) {
        List<String> texts = keys.items().stream().map(Members::shown).toList();
        List<String> chunks =
            KeyChunks.split(texts, KeyChunks.countFor(texts)).stream()
                .map(bytes -> Hash.of(bytes).toString())
                .toList();
        stored =
            stored.with(
                list,
                Json.Obj.of(
                    "count", Json.of((long) texts.size()), "chunks", Members.array(chunks)));
      }
    }
    return stored;
  }

  private Refusal conflict(String environment, Edit edit, Stored there) {
    Commit last = logs.get(environment).getLast();
    Json.Obj conflict =
        Json.Obj.builder()
            .put("kind", edit.kind())
            .put("key", edit.key())
            .put("basedOn", edit.basedOn())
            .put("version", there == null ? 0 : there.version())
            .put("actor", last.actor())
            .put("reason", "hotfix")
            .put("time", time(last.revision()))
            .put("revision", last.revision())
            .put("theirs", there == null ? Json.NULL : there.doc())
            .put("yours", edit.doc() == null ? Json.NULL : full(edit))
            .build();
    return new Refusal(
        new Refusal(
            409,
            "CONFLICT",
            "Somebody else changed it first",
            edit.kind() + " " + edit.key() + " has moved"),
        "conflict",
        conflict);
  }

  private Json history(Request request, String environment) {
    String entity = request.query().get("entity");
    List<Json> commits = new ArrayList<>();
    for (Commit commit : logs.get(environment).reversed()) {
      boolean concerns =
          entity == null
              || commit.edits().stream()
                  .anyMatch(edit -> entity.equals(edit.kind() + ":" + edit.key()));
      if (concerns) {
        Json.Obj.Builder json =
            Json.Obj.builder()
                .put("token", "shop/" + environment + "@1." + commit.revision())
                .put("scope", "shop/" + environment)
                .put("era", 1)
                .put("revision", commit.revision())
                .put("time", time(commit.revision()))
                .put("actor", commit.actor())
                .put("idempotencyKey", commit.key())
                .put("priority", "normal")
                .put("hash", "0".repeat(64))
                .put("previous", "0".repeat(64))
                .put("changes", new Json.Arr(changes(commit.edits(), commit.revision())));
        commits.add(
            (commit.reason().isEmpty() ? json : json.put("reason", commit.reason())).build());
      }
    }
    return page(request, commits);
  }

  private Map<String, Stored> at(String environment, String moment) {
    if (moment == null) {
      return environments.get(environment);
    }
    if (!moment.matches("\\d+")) {
      throw new Refusal(400, "BAD_REQUEST", "Not understood", "this fake knows revisions only");
    }
    long revision = Long.parseLong(moment);
    Map<String, Stored> state = Map.of();
    for (Commit commit : logs.get(environment)) {
      state = commit.revision() <= revision ? commit.after() : state;
    }
    return state;
  }

  private Json state(Request request, String environment) {
    String kind = request.query().get("kind");
    Json.Obj page =
        (Json.Obj)
            page(
                request,
                at(environment, request.query().get("at")).values().stream()
                    .filter(stored -> kind == null || stored.kind().equals(kind))
                    .map(Stored::json)
                    .toList());
    return page.with("token", Json.of(token(environment)))
        .with("position", Json.of("0/1.1"))
        .with("time", Json.of(time(1)))
        .with("hash", Json.of("0".repeat(64)));
  }

  private Json diff(Request request, String environment) {
    String to = request.query().get("to");
    List<Json> entities =
        differences(at(environment, request.query().get("from")), at(environment, to));
    return Json.Obj.of(
        "from",
        Json.of("shop/" + environment + "@1." + request.query().get("from")),
        "to",
        Json.of(to == null ? token(environment) : "shop/" + environment + "@1." + to),
        "entities",
        new Json.Arr(entities));
  }

  private static List<Json> differences(Map<String, Stored> before, Map<String, Stored> after) {
    TreeSet<String> ids = new TreeSet<>(before.keySet());
    ids.addAll(after.keySet());
    List<Json> differences = new ArrayList<>();
    for (String id : ids) {
      Stored old = before.get(id);
      Stored fresh = after.get(id);
      if (old == null || fresh == null || !old.doc().equals(fresh.doc())) {
        Stored any = old == null ? fresh : old;
        List<String> summary =
            old == null || fresh == null ? List.of() : DocumentDiff.changes(old.doc(), fresh.doc());
        differences.add(
            Json.Obj.builder()
                .put("kind", any.kind())
                .put("key", any.key())
                .put("change", old == null ? "added" : fresh == null ? "removed" : "changed")
                .put("summary", Members.array(summary))
                .put("paths", new Json.Arr(List.of()))
                .build());
      }
    }
    return differences;
  }

  /** The linter's words for two flags; the linter itself is not the client's matter. */
  private Json lint(
      String environment, @org.jspecify.annotations.Nullable String flag, HttpExchange exchange) {
    List<Json> findings =
        List.of(
            finding("unreachable-rule", "warning", "checkout", "/rules/1"),
            finding("variant-never-served", "info", "color", "/envelope/variants/green"));
    exchange.getResponseHeaders().set("ETag", "\"f00d\"");
    return Json.Obj.of(
        "token",
        Json.of(token(environment)),
        "findings",
        new Json.Arr(
            findings.stream()
                .filter(one -> flag == null || Members.text(one, "key").equals(flag))
                .toList()));
  }

  private static Json finding(String rule, String severity, String key, String pointer) {
    return Json.Obj.builder()
        .put("rule", rule)
        .put("severity", severity)
        .put("kind", "flag")
        .put("key", key)
        .put("pointer", pointer)
        .put("message", "what " + rule + " says")
        .put("suggestion", "Mend it.")
        .build();
  }

  /**
   * The engine's words for one rollout in one rule; the engine itself is not the client's matter.
   */
  private Json explain(Request request, String environment) {
    String flag = Members.text(request.body(), "flag");
    if (!environments.get(environment).containsKey("flag " + flag)) {
      throw notFound("no flag " + flag + " in shop/" + environment);
    }
    Json steps =
        JsonReader.read(
            """
            [{"step":"flag","flag":"checkout","version":2,"fixed":false,"variant":"on","reason":"SPLIT","steps":[
              {"step":"prerequisite","flag":"shop-open","variants":["on"],"passed":true,"steps":[
                {"step":"flag","flag":"shop-open","version":1,"fixed":false,"variant":"on","reason":"STATIC"}]},
              {"step":"rule","rule":"staff","index":0,"passed":false,"steps":[
                {"step":"test","attribute":"email","op":"endsWith","values":["@x.test"],"actual":null,"passed":false}]},
              {"step":"rule","rule":"beta","index":1,"passed":true,"steps":[
                {"step":"all","passed":true,"steps":[
                  {"step":"test","attribute":"country","op":"in","values":["DE","FR"],"actual":"DE","passed":true},
                  {"step":"segment","segment":"beta","unit":"u42","list":"included","passed":true}]}]},
              {"step":"split","salt":"checkout","attribute":"targetingKey","unit":"u42","bucket":23710,
               "shares":[{"variant":"on","from":0,"to":25000},{"variant":"off","from":25000,"to":100000}]}]}]
            """,
            JsonLimits.DEFAULT);
    Json.Obj explanation =
        Json.Obj.builder()
            .put("flag", flag)
            .put("flagVersion", 2)
            .put("variant", "on")
            .put("value", true)
            .put("reason", "SPLIT")
            .put("rule", "beta")
            .put("ruleIndex", 1)
            .put("bucket", 23710)
            .put("steps", steps)
            .build();
    return Json.Obj.builder()
        .put("token", token(environment))
        .put("flag", flag)
        .put("now", time(9))
        .put("explanation", explanation)
        .build();
  }

  private Json promote(Request request, String environment) {
    Map<String, Stored> source = environments.get(Members.text(request.body(), "from"));
    List<String> wanted = Members.strings(request.body(), "entities");
    List<Edit> edits =
        source.values().stream()
            .filter(
                stored -> wanted.isEmpty() || wanted.contains(stored.kind() + ":" + stored.key()))
            .map(stored -> new Edit(stored.kind(), stored.key(), null, stored.doc()))
            .toList();
    return write(request, environment, edits);
  }

  private Json sdkKeys(Request request, String environment, List<String> path) {
    if (request.method().equals("GET")) {
      return Json.Obj.of("items", new Json.Arr(List.copyOf(keys)));
    }
    if (request.method().equals("DELETE")) {
      keys.removeIf(key -> path.get(1).equals(Members.text(key, "name")));
      return receipt("shop/" + environment, 8, false, List.of());
    }
    String name = path.size() == 1 ? Members.text(request.body(), "name") : path.get(1);
    if (path.size() == 1) {
      keys.add(
          Json.Obj.builder()
              .put("name", name)
              .put("kind", Members.text(request.body(), "kind"))
              .put("secrets", Json.arr(Json.Obj.of("created", Json.of(time(1)))))
              .build());
    }
    return Json.Obj.of(
        "name",
        Json.of(name),
        "secret",
        Json.of("gdn_srv_" + "s".repeat(43) + "000000"),
        "receipt",
        receipt("shop/" + environment, 7, false, List.of()));
  }

  // --- answers

  private static Json page(Request request, List<Json> items) {
    int limit = Integer.parseInt(request.query().getOrDefault("limit", "100"));
    int from = Integer.parseInt(request.query().getOrDefault("cursor", "0"));
    int to = Math.min(items.size(), from + limit);
    Json.Obj page = Json.Obj.of("items", new Json.Arr(items.subList(from, to)));
    return to < items.size() ? page.with("next", Json.of(String.valueOf(to))) : page;
  }

  private static List<Json> changes(List<Edit> edits, long revision) {
    return edits.stream()
        .map(edit -> {
          Json.Obj.Builder change =
              Json.Obj.builder()
                  .put("kind", edit.kind())
                  .put("key", edit.key())
                  .put("version", revision);
          return (Json) (edit.doc() == null ? change.put("gone", true) : change).build();
        })
        .collect(Collectors.toList());
  }

  private static Json receipt(String scope, long revision, boolean unchanged, List<Json> changes) {
    return Json.Obj.builder()
        .put("token", scope + "@1." + revision)
        .put("scope", scope)
        .put("era", 1)
        .put("revision", revision)
        .put("unchanged", unchanged)
        .put("changes", new Json.Arr(changes))
        .build();
  }

  private static Json receipts(List<Json> receipts) {
    return Json.Obj.of(
        "token",
        Json.of(Members.text(receipts.getFirst(), "token")),
        "receipts",
        new Json.Arr(receipts));
  }

  private static Json dryRun(String token, List<Json> diff) {
    return Json.Obj.builder()
        .put("dryRun", true)
        .put("token", token)
        .put("diff", new Json.Arr(diff))
        .put("lacking", new Json.Arr(List.of()))
        .put(
            "warnings",
            Json.arr(
                ((Json.Obj) finding("unreachable-rule", "warning", "checkout", "/rules/1"))
                    .with("new", Json.of(true))))
        .build();
  }

  private static Refusal notFound(String detail) {
    return new Refusal(404, "NOT_FOUND", "Not found", detail);
  }

  private String token(String environment) {
    return "shop/" + environment + "@1." + logs.get(environment).size();
  }

  private static String time(long revision) {
    return "2026-11-22T14:02:0" + revision % 10 + "Z";
  }
}
