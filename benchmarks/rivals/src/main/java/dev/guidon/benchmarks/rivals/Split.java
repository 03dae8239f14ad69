package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import io.split.client.SplitClient;
import io.split.client.SplitClientConfig;
import io.split.client.SplitFactory;
import io.split.client.SplitFactoryBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Localhost mode from JSON files, which records no impressions. */
public final class Split implements Subject {
  private final SplitFactory factory;
  private final SplitClient client;

  public Split() throws Exception {
    Json flags =
        obj(
            "ff", obj("d", Docs.list(Split::flag), "s", -1, "t", 1),
            "rbs", obj("d", arr(), "s", -1, "t", -1));
    Path file = Docs.file(flags, "splits.json");
    Path segments = Files.createTempDirectory("guidon-segments");
    Json segment =
        obj(
            "name",
            Workload.SEGMENT,
            "added",
            Workload.segmentKeys(),
            "removed",
            arr(),
            "since",
            -1,
            "till",
            1);
    Files.writeString(segments.resolve(Workload.SEGMENT + ".json"), CanonicalJson.text(segment));
    SplitClientConfig config =
        SplitClientConfig.builder()
            .splitFile(file.toString())
            .segmentDirectory(segments.toString())
            .setBlockUntilReadyTimeout(20_000)
            .build();
    this.factory = SplitFactoryBuilder.build("localhost", config);
    this.client = factory.client();
    client.blockUntilReady();
  }

  @Override
  public String setup() {
    return "4.18.2, localhost mode from JSON";
  }

  private static Json flag(Scenario scenario) {
    return switch (scenario) {
      case S1 -> split(scenario, "off", List.of(condition(on(), all())));
      case S2, S2C, S6 ->
          split(scenario, "off", List.of(condition(on(), country(List.of(Workload.HOME)))));
      case S3 ->
          split(
              scenario,
              "off",
              List.of(condition(arr(partition("on", 50), partition("off", 50)), all())));
      case S4 ->
          split(
              scenario,
              "off",
              each(
                  Workload.RULES,
                  i -> condition(on(), country(Workload.countries(i)), atLeast(i))));
      case S4V ->
          split(
              scenario,
              "off",
              each(
                  Workload.RULES,
                  i -> condition(on(), country(Workload.countries(i)), versionAtLeast(i))));
      case S5 -> layout(scenario);
    };
  }

  private static Json layout(Scenario scenario) {
    List<Json> partitions = new ArrayList<>();
    for (int i = 0; i < Workload.VARIANTS.size(); i++) {
      partitions.add(partition(Workload.VARIANTS.get(i), Workload.WEIGHTS.get(i)));
    }
    Json inSegment =
        matcher(
            "IN_SEGMENT",
            "",
            "userDefinedSegmentMatcherData",
            obj("segmentName", Workload.SEGMENT));
    return split(scenario, Workload.OUTSIDE, List.of(condition(Docs.json(partitions), inSegment)));
  }

  /** Its files end with a condition for everybody else. */
  private static Json split(Scenario scenario, String otherwise, List<Json> rules) {
    List<Json> conditions = new ArrayList<>(rules);
    conditions.add(condition(arr(partition(otherwise, 100)), all()));
    return obj(
        "name",
        scenario.flag(),
        "trafficTypeName",
        "user",
        "trafficAllocation",
        100,
        "trafficAllocationSeed",
        1,
        "seed",
        4_711,
        "status",
        "ACTIVE",
        "killed",
        false,
        "defaultTreatment",
        otherwise,
        "changeNumber",
        1,
        "algo",
        2,
        "configurations",
        obj(),
        "conditions",
        conditions);
  }

  private static Json condition(Json partitions, Object... matchers) {
    return obj(
        "conditionType",
        "ROLLOUT",
        "label",
        "rule",
        "matcherGroup",
        obj("combiner", "AND", "matchers", arr(matchers)),
        "partitions",
        partitions);
  }

  private static Json on() {
    return arr(partition("on", 100));
  }

  private static Json partition(String treatment, int size) {
    return obj("treatment", treatment, "size", size);
  }

  private static Json all() {
    return obj(
        "keySelector", obj("trafficType", "user"), "matcherType", "ALL_KEYS", "negate", false);
  }

  private static Json country(List<String> countries) {
    return matcher("WHITELIST", "country", "whitelistMatcherData", obj("whitelist", countries));
  }

  private static Json atLeast(int rule) {
    return matcher(
        "GREATER_THAN_OR_EQUAL_TO",
        "build",
        "unaryNumericMatcherData",
        obj("dataType", "NUMBER", "value", Workload.bound(rule)));
  }

  private static Json versionAtLeast(int rule) {
    return matcher(
        "GREATER_THAN_OR_EQUAL_TO_SEMVER",
        "version",
        "stringMatcherData",
        Json.of(Workload.versionBound(rule)));
  }

  private static Json matcher(String type, String attribute, String member, Json data) {
    Json selector =
        attribute.isEmpty()
            ? obj("trafficType", "user")
            : obj("trafficType", "user", "attribute", attribute);
    return obj("keySelector", selector, "matcherType", type, "negate", false, member, data);
  }

  private static Map<String, Object> context(User user) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put("country", user.country());
    attributes.put("build", user.build());
    attributes.put("version", user.version());
    return attributes;
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    List<Map<String, Object>> contexts = new ArrayList<>();
    for (User user : users) {
      contexts.add(context(user));
    }
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        Map<String, Object> context = perCall ? context(users[user]) : contexts.get(user);
        return client.getTreatment(users[user].key(), flag, context).equals("on");
      }

      @Override
      public String text(int user) {
        return client.getTreatment(users[user].key(), flag, contexts.get(user));
      }
    };
  }

  @Override
  public void close() {
    factory.destroy();
  }
}
