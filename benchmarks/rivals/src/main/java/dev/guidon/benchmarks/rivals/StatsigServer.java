package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import com.statsig.sdk.CheckGateOptions;
import com.statsig.sdk.GetConfigOptions;
import com.statsig.sdk.StatsigOptions;
import com.statsig.sdk.StatsigUser;
import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bootstrap values, pointed at a closed port, exposures and all logging off. */
public final class StatsigServer implements Subject {
  private static final String CLOSED = "http://127.0.0.1:1/v1";
  private final com.statsig.sdk.StatsigServer server;

  public StatsigServer() throws Exception {
    StatsigOptions options = new StatsigOptions();
    options.setBootstrapValues(CanonicalJson.text(specs()));
    options.setApi(CLOSED);
    options.setApiForDownloadConfigSpecs(CLOSED);
    options.setApiForGetIdlists(CLOSED);
    options.setDisableAllLogging(true);
    options.setDisableDiagnostics(true);
    options.setDisableIPResolution(true);
    this.server = com.statsig.sdk.StatsigServer.Companion.create();
    Object _ = server.initializeAsync("secret-benchmark", options).get();
  }

  @Override
  public String setup() {
    return "serversdk 2.2.2, bootstrap values, closed loopback port, exposure logging off";
  }

  private static Json specs() {
    List<Json> gates = new ArrayList<>();
    for (Scenario scenario : Docs.FLAGS) {
      if (!scenario.isText()) {
        gates.add(spec(scenario.flag(), "feature_gate", false, rules(scenario)));
      }
    }
    Json member =
        rule(
            "member",
            100,
            true,
            condition("unit_id", "any_case_sensitive", "userID", Workload.segmentKeys()));
    gates.add(spec(Workload.SEGMENT, "feature_gate", false, List.of(member)));
    Json layout =
        spec(Scenario.S5.flag(), "dynamic_config", obj("v", Workload.OUTSIDE), layoutRules());
    return obj(
        "feature_gates", gates,
        "dynamic_configs", arr(layout),
        "layer_configs", arr(),
        "layers", obj(),
        "id_lists", obj(),
        "has_updates", true,
        "time", 1);
  }

  private static Json spec(String name, String type, Object otherwise, List<Json> rules) {
    return obj(
        "name", name,
        "type", type,
        "entity", type,
        "salt", name,
        "enabled", true,
        "defaultValue", otherwise,
        "idType", "userID",
        "isDeviceBased", false,
        "rules", rules);
  }

  private static List<Json> rules(Scenario scenario) {
    return switch (scenario) {
      case S1 -> List.of(rule("all", 100, true, everyone()));
      case S2, S2C, S6 -> List.of(rule("home", 100, true, country(List.of(Workload.HOME))));
      case S3 -> List.of(rule("half", 50, true, everyone()));
      case S4 ->
          each(
              Workload.RULES,
              i ->
                  rule(
                      "r" + i,
                      100,
                      true,
                      country(Workload.countries(i)),
                      condition("user_field", "gte", "build", Workload.bound(i))));
      case S4V ->
          each(
              Workload.RULES,
              i ->
                  rule(
                      "r" + i,
                      100,
                      true,
                      country(Workload.countries(i)),
                      condition("user_field", "version_gte", "version", Workload.versionBound(i))));
      case S5 -> layoutRules();
    };
  }

  private static List<Json> layoutRules() {
    List<Json> rules = new ArrayList<>();
    rules.add(
        rule(
            "outside",
            100,
            obj("v", Workload.OUTSIDE),
            condition("fail_gate", "any", "", Workload.SEGMENT)));
    int below = 0;
    for (int i = 0; i < Workload.VARIANTS.size(); i++) {
      below += Workload.WEIGHTS.get(i) * 10;
      Json bucket =
          obj(
              "type", "user_bucket",
              "operator", "lt",
              "field", "",
              "targetValue", below,
              "additionalValues", obj("salt", "layout"),
              "idType", "userID",
              "isDeviceBased", false);
      rules.add(rule("v" + i, 100, obj("v", Workload.VARIANTS.get(i)), bucket));
    }
    return rules;
  }

  private static Json rule(String id, int percent, Object value, Object... conditions) {
    return obj(
        "name", id,
        "id", id,
        "groupName", id,
        "salt", id,
        "passPercentage", percent,
        "conditions", arr(conditions),
        "returnValue", value,
        "idType", "userID",
        "isDeviceBased", false);
  }

  private static Json everyone() {
    return condition("public", "any", "", "");
  }

  private static Json country(List<String> countries) {
    return condition("user_field", "any_case_sensitive", "country", countries);
  }

  private static Json condition(String type, String operator, String field, Object target) {
    return obj(
        "type", type,
        "operator", operator,
        "field", field,
        "targetValue", target,
        "additionalValues", obj(),
        "idType", "userID",
        "isDeviceBased", false);
  }

  private static StatsigUser context(User user) {
    StatsigUser made = new StatsigUser(user.key());
    made.setCountry(user.country());
    made.setCustom(Map.of("build", user.build(), "version", user.version()));
    return made;
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    StatsigUser[] contexts = Docs.contexts(scenario, StatsigServer::context, StatsigUser[]::new);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    CheckGateOptions gate = new CheckGateOptions(/* disableExposureLogging= */ true);
    GetConfigOptions config = new GetConfigOptions(/* disableExposureLogging= */ true);
    return new Call() {
      @Override
      public boolean bool(int user) {
        StatsigUser context = perCall ? context(users[user]) : contexts[user];
        return server.checkGateSync(context, flag, gate);
      }

      @Override
      public String text(int user) {
        return String.valueOf(
            server.getConfigSync(contexts[user], flag, config).getString("v", ""));
      }
    };
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
