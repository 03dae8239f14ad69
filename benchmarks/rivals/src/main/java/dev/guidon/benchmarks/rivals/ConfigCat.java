package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import com.configcat.ConfigCatClient;
import com.configcat.LogLevel;
import com.configcat.OverrideBehaviour;
import com.configcat.OverrideDataSourceBuilder;
import com.configcat.PollingModes;
import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Flags from a local file alone, no log; lists compared as they are, not hashed. */
public final class ConfigCat implements Subject {
  private static final int BOOLEAN = 0;
  private static final int TEXT = 1;
  private static final int IS_ONE_OF = 0;
  private static final int VERSION_AT_LEAST = 9;
  private static final int NUMBER_AT_LEAST = 15;
  private final ConfigCatClient client;

  public ConfigCat() throws IOException {
    Json segment =
        obj(
            "n",
            Workload.SEGMENT,
            "r",
            arr(obj("a", "Identifier", "c", IS_ONE_OF, "l", Workload.segmentKeys())));
    Json config =
        obj(
            "p",
            obj("u", "", "r", 0, "s", "salt"),
            "s",
            arr(segment),
            "f",
            Docs.byKey(ConfigCat::flag));
    Path file = Docs.file(config, "config.json");
    this.client =
        ConfigCatClient.get(
            "localonly",
            options -> {
              options.flagOverrides(
                  OverrideDataSourceBuilder.localFile(file.toString(), /* autoReload= */ false),
                  OverrideBehaviour.LOCAL_ONLY);
              options.pollingMode(PollingModes.manualPoll());
              options.logLevel(LogLevel.NO_LOG);
            });
  }

  @Override
  public String setup() {
    return "9.4.3, local file override, log off";
  }

  private static Json flag(Scenario scenario) {
    return switch (scenario) {
      case S1 -> obj("t", BOOLEAN, "v", bool(true));
      case S2, S2C, S6 -> rules(List.of(rule(oneOf(List.of(Workload.HOME)))));
      case S3 ->
          obj(
              "t", BOOLEAN,
              "v", bool(false),
              "p", arr(obj("p", 50, "v", bool(true)), obj("p", 50, "v", bool(false))));
      case S4 -> rules(each(Workload.RULES, i -> rule(oneOf(Workload.countries(i)), atLeast(i))));
      case S4V ->
          rules(each(Workload.RULES, i -> rule(oneOf(Workload.countries(i)), versionAtLeast(i))));
      case S5 ->
          obj(
              "t", TEXT,
              "v", obj("s", Workload.OUTSIDE),
              "r",
                  arr(
                      obj(
                          "c", arr(obj("s", obj("s", 0, "c", 0))),
                          "p",
                              each(
                                  Workload.VARIANTS.size(),
                                  i ->
                                      obj(
                                          "p", Workload.WEIGHTS.get(i),
                                          "v", obj("s", Workload.VARIANTS.get(i)))))));
    };
  }

  private static Json rules(List<Json> rules) {
    return obj("t", BOOLEAN, "v", bool(false), "r", rules);
  }

  private static Json bool(boolean value) {
    return obj("b", value);
  }

  private static Json rule(Object... conditions) {
    return obj("c", arr(conditions), "s", obj("v", bool(true)));
  }

  private static Json oneOf(List<String> countries) {
    return obj("u", obj("a", "Country", "c", IS_ONE_OF, "l", countries));
  }

  private static Json atLeast(int rule) {
    return obj("u", obj("a", "build", "c", NUMBER_AT_LEAST, "d", Workload.bound(rule)));
  }

  private static Json versionAtLeast(int rule) {
    return obj("u", obj("a", "version", "c", VERSION_AT_LEAST, "s", Workload.versionBound(rule)));
  }

  private static com.configcat.User context(User user) {
    return com.configcat.User.newBuilder()
        .country(user.country())
        .custom(Map.of("build", user.build(), "version", user.version()))
        .build(user.key());
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    com.configcat.User[] contexts =
        Docs.contexts(scenario, ConfigCat::context, com.configcat.User[]::new);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        com.configcat.User context = perCall ? context(users[user]) : contexts[user];
        return client.getValue(Boolean.class, flag, context, /* defaultValue= */ false);
      }

      @Override
      public String text(int user) {
        return client.getValue(String.class, flag, contexts[user], "");
      }
    };
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
