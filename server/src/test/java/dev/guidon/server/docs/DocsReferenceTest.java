package dev.guidon.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.control.lint.LintRule;
import dev.guidon.control.rest.Code;
import dev.guidon.engine.ErrorCode;
import dev.guidon.model.Operator;
import dev.guidon.model.Problem;
import dev.guidon.model.json.Json;
import dev.guidon.server.TestServer;
import dev.guidon.server.config.Setting;
import dev.guidon.server.config.Settings;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference says exactly what the code has. */
class DocsReferenceTest {
  private static final String ENVIRONMENT = "/api/v1/projects/default/environments/dev";

  /** In the code, and switched on by nothing that a server's settings reach. */
  private static final Set<String> NOT_PUBLISHED = Set.of("guidon.flag.evaluations");

  @TempDir Path folder;

  // Settings.

  @Test
  void configurationListsEverySetting() throws IOException {
    StringBuilder table =
        new StringBuilder("| setting | default | meaning |\n| --- | --- | --- |\n");
    for (Setting setting : Settings.all()) {
      table.append(
          "| `%s` | %s | %s%s |\n"
              .formatted(
                  setting.key(),
                  setting.fallback() == null ? "" : "`" + setting.fallback() + "`",
                  setting.help(),
                  setting.secret() ? " A secret: by environment or file only." : ""));
    }

    Generated.holds("docs/reference/configuration.md", "settings", table.toString());
  }

  // Commands.

  @Test
  void cliShowsTheHelpOfEveryCommand() throws Exception {
    Map<String, String> helps = new TreeMap<>();
    List<String> order = new ArrayList<>();
    for (List<String> level = List.of(""); !level.isEmpty(); ) {
      List<String> said = said(level.stream().map(command -> command + " --help").toList());
      List<String> next = new ArrayList<>();
      for (int i = 0; i < level.size(); i++) {
        helps.put(level.get(i), said.get(i));
        next.addAll(below(level.get(i), said.get(i)));
      }
      order.addAll(level);
      level = next;
    }

    StringBuilder text = new StringBuilder();
    for (String command : inReadingOrder(order)) {
      text.append(
          "### %s\n\n```text\n%s\n```\n\n"
              .formatted(("guidon " + command).strip(), helps.get(command)));
    }
    Generated.holds("docs/reference/cli.md", "commands", text.toString());
  }

  /** Each group directly before its commands, which is how the help lists them. */
  private static List<String> inReadingOrder(List<String> byLevel) {
    List<String> ordered = new ArrayList<>();
    for (String command : byLevel) {
      if (!command.contains(" ")) {
        ordered.add(command);
        byLevel.stream()
            .filter(other -> other.startsWith(command + " ") && !command.isEmpty())
            .forEach(ordered::add);
      }
    }
    return ordered;
  }

  private static List<String> below(String group, String help) {
    int at = help.indexOf("\nCommands:\n");
    return at < 0
        ? List.of()
        : Pattern.compile("(?m)^  ([a-z-]+) ")
            .matcher(help.substring(at))
            .results()
            .map(name -> (group + " " + name.group(1)).strip())
            .toList();
  }

  @Test
  void cliListsTheExitCodes() throws Exception {
    String said = said(List.of("help exit-codes")).getFirst();

    Generated.holds(
        "docs/reference/cli.md",
        "exit codes",
        "```text\n" + said.substring(said.indexOf("   0")).stripTrailing() + "\n```");
  }

  /** What each command line prints. */
  private List<String> said(List<String> lines) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                TestServer.classPath(),
                HelpPrinter.class.getName()));
    command.addAll(lines);
    Path out = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("help ends").isTrue();
    List<String> all = new ArrayList<>();
    for (String one : Files.readString(out).split(HelpPrinter.MARK + "\n", -1)) {
      all.add(
          one.lines().map(String::stripTrailing).collect(Collectors.joining("\n")).stripTrailing());
    }
    all.removeFirst();
    assertThat(all).hasSameSizeAs(lines);
    return all;
  }

  // Metrics.

  @Test
  void metricsListsWhatAServerPublishes() throws Exception {
    String scraped;
    try (ServerProcess server = TestServer.start(folder.resolve("data"))) {
      scraped = busy(server.awaitReady(Duration.ofSeconds(60)));
    }

    assertThat(published(scraped)).as("meters that the code names").isEqualTo(meters());
    Generated.holds("docs/reference/metrics.md", "metrics", table(scraped));
  }

  /** Makes a server count everything it can count, and reads what it counted. */
  private static String busy(ServerProcess.Ready ready) throws Exception {
    try (RestClient api = new RestClient(ready.api(), ready.adminToken());
        RestClient delivery = new RestClient(ready.delivery(), ready.sdkKey());
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      Json.Obj on = Json.Obj.of("envelope", Json.Obj.of("on", Json.of(true)));
      api.send("PATCH", ENVIRONMENT + "/flags/hello", on, Map.of()).orThrow();
      api.send("PATCH", ENVIRONMENT + "/flags/hello", Json.Obj.of(), Map.of("If-Match", "\"1\""));
      api.send(
          "PATCH",
          ENVIRONMENT + "/flags/hello",
          Json.Obj.of("clientVisible", Json.of(true)),
          Map.of("If-Match", "\"1\""));
      delivery.send("POST", "/ofrep/v1/evaluate/flags/hello", Json.Obj.of(), Map.of()).orThrow();
      HttpResponse<InputStream> stream =
          http.send(
              HttpRequest.newBuilder(ready.delivery().resolve("/v1/view"))
                  .header("Authorization", "Bearer " + ready.sdkKey())
                  .header("Accept", "text/event-stream")
                  .build(),
              BodyHandlers.ofInputStream());
      try (InputStream open = stream.body()) {
        assertThat(open.read()).isNotNegative();
        Awaitility.await().until(() -> meters().equals(published(scrape(http, ready.delivery()))));
        return scrape(http, ready.delivery());
      } finally {
        http.shutdownNow();
      }
    }
  }

  private static String scrape(HttpClient http, URI delivery)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(delivery.resolve("/metrics")).build(), BodyHandlers.ofString())
        .body();
  }

  /** Names of meters in the sources, as Prometheus writes their stems. */
  private static Set<String> meters() throws IOException {
    Pattern name = Pattern.compile("\"(guidon(?:\\.[a-z]+)+)\"");
    Set<String> meters = new TreeSet<>();
    for (String module : List.of("control", "edge", "server")) {
      try (Stream<Path> sources =
          Files.walk(DocsFiles.ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
          name.matcher(Files.readString(source))
              .results()
              .map(found -> found.group(1))
              .forEach(meters::add);
        }
      }
    }
    meters.remove("guidon.db");
    meters.removeAll(NOT_PUBLISHED);
    return meters.stream()
        .map(meter -> meter.replace('.', '_'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> published(String scraped) {
    return Pattern.compile("(?m)^# TYPE (guidon_[a-z_]+) ")
        .matcher(scraped)
        .results()
        .map(type ->
            type.group(1)
                .replaceFirst("_(total|seconds|seconds_max)$", "")
                .replaceFirst("^guidon_build$", "guidon_build_info"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String table(String scraped) {
    StringBuilder table =
        new StringBuilder("| name | type | labels | meaning |\n| --- | --- | --- | --- |\n");
    Map<String, String> rows = new TreeMap<>();
    Matcher head =
        Pattern.compile("(?m)^# HELP (guidon_\\S+) (.*)\n# TYPE \\S+ (\\S+)$").matcher(scraped);
    while (head.find()) {
      String name = head.group(1);
      rows.put(
          name,
          "| `%s` | %s | %s | %s |\n"
              .formatted(name, head.group(3), labels(scraped, name), head.group(2)));
    }
    rows.values().forEach(table::append);
    return table.toString();
  }

  private static String labels(String scraped, String name) {
    return Pattern.compile("(?m)^" + name + "(?:_count)?\\{(.*)} ")
        .matcher(scraped)
        .results()
        .map(MatchResult::group)
        .flatMap(line -> Pattern.compile("([a-z_]+)=\"").matcher(line).results())
        .map(label -> "`" + label.group(1) + "`")
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  // Errors.

  @Test
  void errorsListsEveryCodeOfTheApi() throws IOException {
    StringBuilder table =
        new StringBuilder("| code | status | meaning | `type` |\n| --- | --- | --- | --- |\n");
    for (Code code : Code.values()) {
      table.append(
          "| `%s` | %d | %s | `%s` |\n".formatted(code, code.status(), code.title(), code.type()));
    }

    Generated.holds("docs/reference/errors.md", "codes", table.toString());
    assertThat(named("docs/reference/errors.md", "## What to do", "## Codes of problems"))
        .isEqualTo(names(Code.values()));
  }

  @Test
  void errorsExplainsEveryCodeOfADocumentAndOfAnEvaluation() throws IOException {
    assertThat(named("docs/reference/errors.md", "## Codes of problems", "## Codes of evaluations"))
        .isEqualTo(names(Problem.Code.values()));
    assertThat(named("docs/reference/errors.md", "## Codes of evaluations", "## Codes of refusals"))
        .isEqualTo(names(ErrorCode.values()));
  }

  @Test
  void contractNamesTheSameCodes() throws IOException {
    String line =
        DocsFiles.read("api/openapi.yaml")
            .lines()
            .filter(one -> one.contains("enum: [BAD_REQUEST"))
            .findFirst()
            .orElse("");

    Set<String> inContract =
        Pattern.compile("[A-Z_]{4,}")
            .matcher(line)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(inContract).isEqualTo(names(Code.values()));
  }

  // Lint.

  @Test
  void lintListsEveryRule() throws IOException {
    StringBuilder table = new StringBuilder("| rule | severity | finds |\n| --- | --- | --- |\n");
    for (LintRule rule : LintRule.values()) {
      table.append(
          "| `%s` | %s | %s |\n".formatted(rule.id(), rule.severity().text(), rule.meaning()));
    }

    Generated.holds("docs/reference/lint.md", "rules", table.toString());
  }

  // Evaluation.

  @Test
  void evaluationExplainsEveryOperator() throws IOException {
    Set<String> operators =
        Arrays.stream(Operator.values())
            .map(Operator::text)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named("docs/reference/evaluation.md", "## Tests", "### Equality"))
        .isEqualTo(operators);
  }

  /** What stands in backticks at the beginning of the rows and items between two headings. */
  private static Set<String> named(String page, String from, String to) throws IOException {
    String whole = DocsFiles.read(page);
    int begin = whole.indexOf(from);
    int end = whole.indexOf(to);
    assertThat(begin).as("%s has %s", page, from).isNotNegative();
    assertThat(end).as("%s has %s", page, to).isGreaterThan(begin);
    return Pattern.compile("(?m)^(?:\\| |- )((?:`[A-Za-z_]+`(?:, )?)+)")
        .matcher(whole.substring(begin, end))
        .results()
        .flatMap(row -> Pattern.compile("[A-Za-z_]+").matcher(row.group(1)).results())
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Enum<?>[] all) {
    return Arrays.stream(all).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
  }
}
