package dev.guidon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a server that holds every exchange against the API's contract. */
final class CommandsTest {
  private static final String CHECKOUT =
      """
      {"envelope":{"key":"checkout","type":"boolean","on":true,"variants":{"off":false,"on":true},"offVariant":"off"},
       "rules":[{"id":"beta","if":{"attribute":"country","op":"in","values":["DE"]},"serve":{"variant":"on"}}],
       "default":{"variant":"off"}}
      """;
  private static final String COLOR =
      """
      {"envelope":{"key":"color","type":"string","on":false,"variants":{"blue":"blue","red":"red","green":"green"},
       "offVariant":"blue"},"default":{"variant":"blue"}}
      """;
  private static final String GERMANS =
      """
      {"key":"germans","if":{"attribute":"country","op":"in","values":["DE"]},"included":["u1","u2"]}
      """;

  @TempDir Path folder;
  private FakeControl control;
  private CliWorld world;

  @BeforeEach
  void start() throws IOException {
    control = new FakeControl();
    control.declare("checkout", "boolean");
    control.declare("color", "string");
    control.changedBy("ana", "prod", "flag", CHECKOUT);
    control.changedBy("ana", "prod", "flag", COLOR);
    control.changedBy("ben", "prod", "segment", GERMANS);
    world = CliWorld.connected(folder, control);
  }

  @AfterEach
  void stop() {
    control.close();
    assertThat(control.violations()).as("exchanges that break api/openapi.yaml").isEmpty();
  }

  private Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }

  private String json(String path, String environment, String kind, String key) {
    return Members.text(control.document(environment, kind, key), path.split("\\."));
  }

  // --- reading

  @Test
  void flagListIsATableWithItsFooterOnStandardError() {
    Golden.check("flag-list", world.run("flag", "list").transcript());
  }

  @Test
  void wideShowsEveryColumn() {
    Golden.check("flag-list-wide", world.run("flag", "list", "-o", "wide").transcript());
  }

  @Test
  void plainIsTabSeparatedAndHasNoHeader() {
    CliWorld.Run run = world.run("flag", "list", "--plain");

    assertThat(run.out().lines().findFirst().orElseThrow())
        .isEqualTo("checkout\tON\tboolean\toff\t1\t1\toff\tno\t");
    assertThat(run.out().lines()).hasSize(2);
  }

  @Test
  void namesAreOnePerLine() {
    assertThat(world.run("flag", "list", "-o", "name").out()).isEqualTo("checkout\ncolor\n");
  }

  @Test
  void jsonListsCarryTheirVersionAndNothingElseIsOnStandardOutput() {
    CliWorld.Run run = world.run("flag", "list", "-o", "json");

    assertThat(Members.whole(json(run.out()), "v")).isEqualTo(1);
    assertThat(Members.items(json(run.out()), "items")).hasSize(2);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void yamlSaysTheSameAsJson() {
    String yaml = world.run("flag", "get", "checkout", "-o", "yaml").out();
    String json = world.run("flag", "get", "checkout", "-o", "json").out();

    assertThat(Yaml.readAll(yaml, "yaml").getFirst()).isEqualTo(json(json));
  }

  @Test
  void flagInWords() {
    Golden.check("flag-get", world.run("flag", "get", "checkout").transcript());
  }

  @Test
  void listsArePagedToTheirEnd() {
    IntStream.range(0, 1050)
        .forEach(i ->
            control.changedBy("ana", "dev", "flag", COLOR.replace("\"color\"", "\"f" + i + "\"")));

    CliWorld.Run run = world.run("flag", "list", "-e", "shop/dev", "-o", "name");

    assertThat(run.out().lines().distinct()).hasSize(1050);
  }

  @Test
  void listAsOfARevision() {
    assertThat(world.run("flag", "list", "--at", "1", "-o", "name").out()).isEqualTo("checkout\n");
    assertThat(world.run("flag", "list", "--at", "shop/prod@1.2", "-o", "name").out())
        .isEqualTo("checkout\ncolor\n");
  }

  @Test
  void segmentAndLayerAndKeyAndProjectLists() {
    control.changedBy(
        "ana",
        "prod",
        "layer",
        "{\"key\":\"pricing\",\"ranges\":[{\"flag\":\"checkout\",\"rule\":\"beta\",\"from\":0,\"to\":25000}]}");
    world.run("key", "create", "backend");

    String all =
        List.of("segment", "layer", "key", "project", "env").stream()
            .map(noun -> world.run(noun, "list").transcript())
            .collect(Collectors.joining("\n"));

    Golden.check("lists", all);
  }

  @Test
  void lintListsFindingsAndFailsOnlyWhereItIsAskedTo() {
    Golden.check("lint", world.run("lint").transcript());
    assertThat(world.run("lint", "--fail-on", "warning").exitCode()).isEqualTo(10);
    assertThat(world.run("lint", "--flag", "color", "--fail-on", "warning").exitCode()).isZero();
    assertThat(world.run("lint", "--flag", "color", "--fail-on", "info").exitCode()).isEqualTo(10);
    assertThat(world.run("lint", "--rule", "unreachable-rule", "-o", "name").out())
        .isEqualTo("flag:checkout/rules/1\n");
  }

  @Test
  void dryRunShowsWhatTheLinterSays() {
    CliWorld.Run run = world.run("flag", "off", "checkout", "--dry-run");

    assertThat(run.err()).contains("Warning: unreachable-rule (new) flag:checkout/rules/1: what");
  }

  @Test
  void whyDrawsTheTraceAsATree() {
    CliWorld.Run run =
        world.run("why", "checkout", "--context", "{\"targetingKey\":\"u42\",\"country\":\"DE\"}");

    Golden.check("why", run.transcript());
  }

  @Test
  void whyReadsTheContextFromAFileAndTurnsATimeIntoAnInstantOfToday() {
    world.file("context.json", "{\"targetingKey\":\"u42\"}");

    CliWorld.Run run =
        world.run("why", "checkout", "-c", "@context.json", "--at", "14:02", "-o", "name");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo("on\n");
    assertThat(control.idempotencyKeys.getLast()).as("a question is no change").isEmpty();
  }

  @Test
  void historyShowsWhoChangedWhat() {
    world.run("flag", "off", "checkout", "--reason", "errors at the till");

    Golden.check("history", world.run("history", "--limit", "3").transcript());
  }

  @Test
  void historyOfOneFlag() {
    world.run("flag", "off", "color");

    CliWorld.Run run = world.run("flag", "history", "checkout", "-o", "name");

    assertThat(run.out()).isEqualTo("shop/prod@1.1\n");
  }

  // --- changing

  @Test
  void everyChangeNamesTheEnvironmentAndItsNewRevision() {
    CliWorld.Run off = world.run("flag", "off", "checkout", "--reason", "errors");
    CliWorld.Run again = world.run("flag", "off", "checkout");

    assertThat(off.out()).isEqualTo("flag checkout: off  shop/prod@1.4\n");
    assertThat(again.out()).isEqualTo("flag checkout: off already  shop/prod@1.4\n");
    assertThat(json("envelope.on", "prod", "flag", "checkout")).isEqualTo("false");
  }

  @Test
  void whatWasReadFirstIsNamedAsTheBaseOfTheChange() {
    CliWorld.Run toggle = world.run("flag", "toggle", "color");
    String baseOfToggle = control.conditions.getLast();
    world.run("flag", "rollout", "color", "--to", "red=10", "--rest", "blue");
    String baseOfRollout = control.conditions.getLast();

    assertThat(toggle.out()).startsWith("flag color: on");
    assertThat(json("envelope.on", "prod", "flag", "color")).isEqualTo("true");
    assertThat(baseOfToggle).isEqualTo("\"2\"");
    assertThat(baseOfRollout).isEqualTo("\"4\"");
  }

  @Test
  void conflictShowsTheOtherSidesChangeAndExits5() {
    control.changedBy(
        "cy",
        "prod",
        "flag",
        CHECKOUT.replace("\"on\":true,\"variants\"", "\"on\":false,\"variants\""));

    CliWorld.Run run =
        world.run(
            "flag", "set", "checkout", "--patch", "{\"clientVisible\":true}", "--based-on", "1");

    Golden.check("conflict", run.transcript());
    assertThat(run.exitCode()).isEqualTo(5);
  }

  @Test
  void rolloutGivesTheRestToTheOtherVariantAndKeepsUnitAndSalt() {
    control.changedBy(
        "ana",
        "prod",
        "flag",
        CHECKOUT.replace(
            "\"default\":{\"variant\":\"off\"}",
            "\"default\":{\"split\":{\"shares\":[{\"variant\":\"off\",\"weight\":100000}],\"salt\":\"s1\"}}"));

    CliWorld.Run run = world.run("flag", "rollout", "checkout", "--to", "on=12.5");

    assertThat(run.out())
        .isEqualTo("flag checkout: default on 12.5 %, off 87.5 %  shop/prod@1.5\n");
    assertThat(json("default.split.salt", "prod", "flag", "checkout")).isEqualTo("s1");
  }

  @Test
  void rolloutInARuleLeavesTheOtherRulesAlone() {
    CliWorld.Run run = world.run("flag", "rollout", "checkout", "--to", "on=25", "--rule", "beta");

    assertThat(run.exitCode()).isZero();
    assertThat(json("rules", "prod", "flag", "checkout"))
        .contains("\"weight\":25000")
        .contains("country");
  }

  @Test
  void rolloutOfAFlagThatIsOffSaysSo() {
    CliWorld.Run run = world.run("flag", "rollout", "color", "--to", "red=10", "--rest", "blue");

    assertThat(run.err()).contains("The flag is off").contains("guidon flag on color");
  }

  @Test
  void sharesMustBeExactAndFit() {
    assertThat(world.run("flag", "rollout", "checkout", "--to", "on=101").exitCode()).isEqualTo(2);
    assertThat(world.run("flag", "rollout", "checkout", "--to", "on=0.0001").exitCode())
        .isEqualTo(2);
    assertThat(
            world.run("flag", "rollout", "checkout", "--to", "on=60", "--to", "off=50").exitCode())
        .isEqualTo(2);
    assertThat(world.run("flag", "rollout", "checkout", "--to", "no=60").err())
        .contains("one of off, on");
    assertThat(control.commits("prod")).isEqualTo(3);
  }

  @Test
  void setDefaultReplacesASplit() {
    world.run("flag", "rollout", "color", "--to", "red=10", "--rest", "blue");

    CliWorld.Run run = world.run("flag", "set", "color", "--default", "green");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(json("default", "prod", "flag", "color")).isEqualTo("{\"variant\":\"green\"}");
  }

  @Test
  void refusedDocumentsListEveryProblem() {
    CliWorld.Run run =
        world.run(
            "flag", "set", "color", "--patch", "{\"salt\":1,\"default\":{\"variant\":\"pink\"}}");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("/salt")
        .contains("/default/variant")
        .contains("0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void createDeclaresTheFlagEverywhere() {
    CliWorld.Run run =
        world.run(
            "flag",
            "create",
            "size",
            "--type",
            "string",
            "--variant",
            "s=1",
            "--variant",
            "l=2",
            "--off-variant",
            "s");

    assertThat(run.out())
        .isEqualTo(
            "flag size: created in shop, off everywhere  shop@1.1, shop/dev@1.1, shop/prod@1.4\n");
    assertThat(json("envelope.variants", "dev", "flag", "size"))
        .isEqualTo("{\"l\":\"2\",\"s\":\"1\"}");
  }

  @Test
  void dryRunChangesNothing() {
    CliWorld.Run run = world.run("flag", "off", "checkout", "--dry-run");

    assertThat(run.out()).contains("~ flag checkout").contains("envelope.on: true → false");
    assertThat(run.err()).contains("nothing was changed");
    assertThat(control.commits("prod")).isEqualTo(3);
  }

  @Test
  void whatCannotBeTakenBackWantsAYes() {
    CliWorld.Run unattended = world.run("segment", "delete", "germans");
    CliWorld.Run wrong = world.atTerminal().typing("no\n").run("segment", "delete", "germans");
    CliWorld.Run right = world.typing("germans\n").run("segment", "delete", "germans");

    assertThat(unattended.exitCode()).isEqualTo(2);
    assertThat(unattended.err()).contains("--yes");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(right.exitCode()).isZero();
    assertThat(control.document("prod", "segment", "germans")).isNull();
  }

  @Test
  void archivingAFlagInUseExits5UnlessForced() {
    control.reportEvaluations();

    CliWorld.Run refused = world.run("flag", "archive", "checkout", "--yes");
    CliWorld.Run forced = world.run("flag", "archive", "checkout", "--yes", "--force");

    assertThat(refused.exitCode()).isEqualTo(5);
    assertThat(refused.err()).contains("--force");
    assertThat(forced.exitCode()).isZero();
  }

  @Test
  void segmentKeysComeFromFilesAndStandardInput() {
    world.run("segment", "create", "beta");
    world.file("users.txt", "u1\n\nu2\r\n u3 \nu1\n");

    CliWorld.Run fromFile = world.run("segment", "add-keys", "beta", "-f", "users.txt", "u4");
    CliWorld.Run fromInput =
        world.typing("u1\nu2\n").run("segment", "remove-keys", "beta", "-f", "-");

    assertThat(fromFile.out()).isEqualTo("segment beta: 4 keys added to included  shop/prod@1.5\n");
    assertThat(fromInput.out())
        .isEqualTo("segment beta: 2 keys removed from included  shop/prod@1.6\n");
    assertThat(json("included.count", "prod", "segment", "beta")).isEqualTo("2");
  }

  @Test
  void segmentThatIsThereIsNotCreatedAgain() {
    assertThat(world.run("segment", "create", "germans").exitCode()).isEqualTo(5);
  }

  @Test
  void newSecretIsAloneOnStandardOutput() {
    CliWorld.Run run = world.run("key", "create", "backend", "--kind", "server");

    assertThat(run.out()).matches("gdn_srv_s{43}000000\n");
    assertThat(run.err())
        .contains("key backend: created  shop/prod@1.7")
        .contains("not shown again");
    assertThat(world.run("key", "rotate", "backend", "--overlap", "60").exitCode()).isZero();
    assertThat(world.run("key", "revoke", "backend", "--yes").out())
        .startsWith("key backend: revoked");
  }

  @Test
  void promoteNamesBothEnvironments() {
    CliWorld.Run run =
        world.run("promote", "--from", "prod", "--to", "dev", "checkout", "--keep-state");

    assertThat(run.out()).isEqualTo("promoted flag:checkout from shop/prod  shop/dev@1.1\n");
  }

  @Test
  void promoteOfEverythingShowsItFirstAndAsks() {
    CliWorld.Run run = world.run("promote", "--from", "prod", "--to", "dev");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).contains("+ flag checkout");
    assertThat(control.commits("dev")).isZero();
  }

  // --- documents

  @Test
  void exportAndApplyRoundTripWithoutAChange() {
    String exported = world.run("export").out();

    CliWorld.Run run = world.typing(exported).run("apply", "-f", "-");

    assertThat(run.err()).contains("No differences");
    assertThat(control.commits("prod")).isEqualTo(3);
  }

  @Test
  void exportToAFolderIsWhatApplyReads() throws IOException {
    control.changedBy("ana", "prod", "flag", COLOR.replace("\"color\"", "\"../a b\""));

    world.run("export", "--dir", "out");
    CliWorld.Run run = world.run("diff", "-f", "out", "--exit-code", "--prune");

    assertThat(Files.exists(folder.resolve("out/flags/%2E.%2Fa+b.yaml"))).isTrue();
    assertThat(run.exitCode()).as(run.out()).isZero();
  }

  @Test
  void applyIsOneCommitAndTheSecondTimeNone() {
    writeFlags();

    CliWorld.Run first = world.run("apply", "-f", "flags", "--reason", "sprint 12");
    CliWorld.Run second = world.run("apply", "-f", "flags");

    Golden.check("apply", first.transcript() + "\n" + second.transcript());
    assertThat(control.commits("prod")).isEqualTo(4);
  }

  private void writeFlags() {
    world.file("flags/checkout.json", CHECKOUT.replace("[\"DE\"]", "[\"DE\",\"FR\"]"));
    world.file(
        "flags/more.yaml",
        "flag:\n" + indented(COLOR) + "---\nsegments:\n- key: beta\n  included: [a, b]\n");
    world.file("flags/.hidden.yaml", "nonsense: true\n");
  }

  private static String indented(String json) {
    return json.lines().map(line -> "  " + line + "\n").collect(Collectors.joining());
  }

  @Test
  void keysInAFileEqualTheHashesThatTheServerKeeps() {
    world.file(
        "s.json", "{\"segment\":" + GERMANS.replace("[\"u1\",\"u2\"]", "[\"u2\",\"u1\"]") + "}");

    assertThat(world.run("diff", "-f", "s.json", "--exit-code").exitCode()).isZero();

    world.file("s.json", "{\"segment\":" + GERMANS.replace("\"u2\"", "\"u3\"") + "}");
    assertThat(world.run("diff", "-f", "s.json", "--exit-code").exitCode()).isEqualTo(10);
  }

  @Test
  void applyDeclaresAFlagThatTheCatalogLacks() {
    world.file("new.json", CHECKOUT.replace("\"checkout\"", "\"fresh\""));

    CliWorld.Run dry = world.run("apply", "-f", "new.json", "--dry-run");
    CliWorld.Run run = world.run("apply", "-f", "new.json");

    assertThat(dry.err()).contains("would be declared first");
    assertThat(run.err()).contains("flag fresh: declared  shop@1.1");
    assertThat(run.out()).endsWith("applied 1 change  shop/prod@1.5\n");
    assertThat(json("envelope.on", "prod", "flag", "fresh")).isEqualTo("true");
    assertThat(json("envelope.on", "dev", "flag", "fresh")).isEqualTo("false");
  }

  @Test
  void dryRunOnTheServerShowsItsDiffAndOnTheClientAsksForNothing() {
    writeFlags();

    CliWorld.Run server = world.run("apply", "-f", "flags", "--dry-run=server");
    int asked = control.requests.size();
    CliWorld.Run client = world.run("apply", "-f", "flags", "--dry-run=client");

    assertThat(server.out()).contains("~ flag checkout").contains("+ segment beta");
    assertThat(client.out()).contains("~ flag checkout").contains("+ segment beta");
    assertThat(control.requests.subList(asked, control.requests.size()))
        .allMatch(r -> r.startsWith("GET"));
    assertThat(control.commits("prod")).isEqualTo(3);
  }

  @Test
  void pruneDeletesOnlyKindsThatTheFilesHold() {
    world.file("one.json", CHECKOUT);

    CliWorld.Run asked = world.run("apply", "-f", "one.json", "--prune");
    CliWorld.Run run = world.run("apply", "-f", "one.json", "--prune", "--yes");

    assertThat(asked.exitCode()).isEqualTo(2);
    assertThat(run.out()).contains("- flag color");
    assertThat(control.document("prod", "flag", "color")).isNull();
    assertThat(control.document("prod", "segment", "germans")).isNotNull();
  }

  @Test
  void allProblemsOfAllFilesAreToldAtOnceAndNothingIsSent() {
    world.file(
        "a.yaml",
        "flag: {envelope: {key: a, type: odd, on: true, variants: {x: 1}}, default: {variant: y}}\n");
    world.file("b.yaml", "segment: {key: b, whatever: 1}\n");

    CliWorld.Run run = world.run("apply", "-f", "a.yaml", "-f", "b.yaml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("a.yaml: flag a /envelope/type")
        .contains("b.yaml: segment b /whatever");
    assertThat(control.requests).noneMatch(request -> request.startsWith("POST"));
  }

  @Test
  void diffBetweenRevisions() {
    world.run("flag", "off", "checkout");

    CliWorld.Run same = world.run("diff", "4", "4", "--exit-code");
    CliWorld.Run run = world.run("diff", "1", "--exit-code");

    assertThat(same.exitCode()).isZero();
    assertThat(run.exitCode()).isEqualTo(10);
    assertThat(world.run("diff", "1").exitCode()).isZero();
    Golden.check("diff", run.transcript());
  }

  // --- following

  @Test
  void tailShowsWhatComesOldestFirst() {
    world.whilePausing(() -> {
      control.changedBy("cy", "prod", "segment", "{\"key\":\"new\"}");
      control.changedBy("di", "prod", "segment", "{\"key\":\"newer\"}");
    });

    CliWorld.Run run = world.run("tail", "--count", "2");

    assertThat(run.out())
        .isEqualTo(
            """
            shop/prod@1.4  2026-11-22T14:02:04Z  cy  segment new
            shop/prod@1.5  2026-11-22T14:02:05Z  di  segment newer
            """);
  }

  @Test
  void tailSinceARevisionAsJsonIsOneDocumentPerLine() {
    CliWorld.Run run = world.run("tail", "--since", "1", "--count", "2", "-o", "json");

    assertThat(run.out().lines().map(line -> Members.whole(json(line), "revision")))
        .containsExactly(2L, 3L);
  }

  // --- the network

  @Test
  void lostAnswerIsAskedForAgainUnderTheSameKeyAndHappensOnce() {
    control.loseAnswers(2);

    CliWorld.Run run = world.run("flag", "off", "checkout");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("(done before)").contains("shop/prod@1.4");
    assertThat(control.commits("prod")).isEqualTo(4);
    assertThat(control.idempotencyKeys).containsExactly("key-1", "key-1", "key-1");
    assertThat(world.pauses()).hasSize(2);
  }

  @Test
  void triesEndAndTheDoubtIsSaid() {
    control.loseAnswers(100);

    CliWorld.Run run = world.run("flag", "off", "checkout");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("4 attempts").contains("not known").contains("guidon history");
    assertThat(control.commits("prod")).isEqualTo(4);
  }

  @Test
  void passingTroubleOfTheServerIsWaitedOut() {
    control.beUnavailable(3);

    assertThat(world.run("flag", "off", "checkout").exitCode()).isZero();
  }

  @Test
  void exitCodesTellWhatIsWrong() {
    assertThat(world.run("flag", "get", "nothing").exitCode()).isEqualTo(3);
    assertThat(world.run("flag", "list", "-e", "nowhere").exitCode()).isEqualTo(3);
    assertThat(world.run("flag", "list", "--at", "yesterday").exitCode()).isEqualTo(2);
    assertThat(world.run("flag", "list", "-p", "No Key").exitCode()).isEqualTo(2);
    world.with("GUIDON_TOKEN", "gdn_per_wrong");
    assertThat(world.run("flag", "list").exitCode()).isEqualTo(4);
    world.without("GUIDON_TOKEN");
    assertThat(world.run("flag", "list").exitCode()).isEqualTo(4);
  }

  @Test
  void errorsAreJsonOnStandardErrorWhereProgramsRead() {
    CliWorld.Run run = world.run("flag", "get", "nothing", "-o", "json");

    assertThat(run.out()).isEmpty();
    assertThat(Members.text(json(run.err()), "error", "code")).isEqualTo("not-found");
    assertThat(Members.text(json(run.err()), "error", "requestId"))
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(Members.whole(json(run.err()), "error", "exitCode")).isEqualTo(3);
  }

  // --- completion

  @Test
  void completionListsKeysAndAnswersFromItsFileForAMinute() {
    CliWorld.Run first = world.run("__complete", "FLAG", "--", "flag", "on");
    int asked = control.requests.size();
    world.run("__complete", "FLAG", "--", "flag", "on");

    // The budget may end the first request on a slow machine; then nothing is answered and nothing
    // kept.
    org.junit.jupiter.api.Assumptions.assumeFalse(
        first.out().isEmpty(), "no answer within the budget");
    assertThat(first.out()).isEqualTo("checkout\ncolor\n");
    assertThat(control.requests).hasSize(asked);
    world.at("2026-11-22T18:01:01Z").run("__complete", "FLAG", "--", "flag", "on");
    assertThat(control.requests).hasSize(asked + 1);
  }

  @Test
  void completionIsSilentWhenItCannotHelp() {
    world.with("GUIDON_URL", "http://127.0.0.1:1");

    CliWorld.Run run = world.run("__complete", "FLAG", "--", "flag", "on", "-e", "shop/prod");

    assertThat(run).isEqualTo(new CliWorld.Run(0, "", ""));
  }
}
