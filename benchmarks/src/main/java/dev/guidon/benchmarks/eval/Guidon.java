package dev.guidon.benchmarks.eval;

import dev.guidon.benchmarks.ViewSource;
import dev.guidon.engine.Context;
import dev.guidon.engine.FlagHandle;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.sdk.ClientStatus;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.GuidonProvider;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Guidon itself, at four depths. */
public final class Guidon {
  private Guidon() {}

  static Context context(User user) {
    return Context.builder()
        .targetingKey(user.key())
        .put("country", user.country())
        .put("build", user.build())
        .put("version", user.version())
        .build();
  }

  static Context[] contexts(Scenario scenario) {
    return Answers.everybody(scenario).stream().map(Guidon::context).toArray(Context[]::new);
  }

  public static EvaluationContext[] openFeatureContexts(Scenario scenario) {
    return Answers.everybody(scenario).stream()
        .map(Guidon::openFeatureContext)
        .toArray(EvaluationContext[]::new);
  }

  public static EvaluationContext openFeatureContext(User user) {
    return new ImmutableContext(
        user.key(),
        Map.of(
            "country", new Value(user.country()),
            "build", new Value(user.build()),
            "version", new Value(user.version())));
  }

  /** The ruleset alone, behind a volatile reference, as whoever embeds it has it. */
  public static final class Engine implements Subject {
    @Override
    public String setup() {
      return "dev.guidon.engine.Ruleset by flag key, behind a volatile reference";
    }

    @Override
    public Call call(Scenario scenario) {
      return new EngineCall(scenario);
    }

    @Override
    public void close() {}
  }

  private static final class EngineCall extends Call {
    private final Scenario scenario;
    private final String flag;
    private final User[] users;
    private final Context[] contexts;
    private final long nowMicros = 1_795_370_400_000_000L;
    private volatile Ruleset ruleset;

    EngineCall(Scenario scenario) {
      this.scenario = scenario;
      this.flag = scenario.flag();
      this.users = Answers.everybody(scenario).toArray(User[]::new);
      this.contexts = contexts(scenario);
      this.ruleset = Ruleset.compile(ViewSource.view(Flags.all()), BlobSource.NONE, null).ruleset();
    }

    @Override
    public boolean bool(int user) {
      Context context = scenario == Scenario.S2C ? context(users[user]) : contexts[user];
      return ruleset.booleanValue(flag, context, nowMicros, /* fallback= */ false);
    }

    @Override
    public String text(int user) {
      return ruleset.stringValue(flag, contexts[user], nowMicros, /* fallback= */ "");
    }
  }

  /**
   * A client as it ships, following a server on loopback, so that it counts and takes samples as it
   * does by default.
   */
  abstract static class Connected implements Subject {
    private final ViewSource server;
    final GuidonClient client;

    Connected() throws IOException {
      this.server = new ViewSource(Flags.all());
      this.client = server.client().build();
      ClientStatus _ = client.awaitReady(Duration.ofSeconds(20));
      if (!client.isReady()) {
        throw new IllegalStateException("client: " + client.status() + " (expected: READY)");
      }
    }

    @Override
    public void close() {
      client.close();
      server.close();
    }
  }

  /** The shipped client, by flag key. */
  public static final class ByKey extends Connected {
    public ByKey() throws IOException {}

    @Override
    public String setup() {
      return "GuidonClient as it ships, connected, counters and samples on, by flag key";
    }

    @Override
    public Call call(Scenario scenario) {
      return new ByKeyCall(client, scenario);
    }
  }

  private static final class ByKeyCall extends Call {
    private final GuidonClient client;
    private final Scenario scenario;
    private final String flag;
    private final User[] users;
    private final Context[] contexts;

    ByKeyCall(GuidonClient client, Scenario scenario) {
      this.client = client;
      this.scenario = scenario;
      this.flag = scenario.flag();
      this.users = Answers.everybody(scenario).toArray(User[]::new);
      this.contexts = contexts(scenario);
    }

    @Override
    public boolean bool(int user) {
      Context context = scenario == Scenario.S2C ? context(users[user]) : contexts[user];
      return client.booleanValue(flag, context, /* fallback= */ false);
    }

    @Override
    public String text(int user) {
      return client.stringValue(flag, contexts[user], /* fallback= */ "");
    }
  }

  /** The shipped client, by handles that were made before. */
  public static final class ByHandle extends Connected {
    public ByHandle() throws IOException {}

    @Override
    public String setup() {
      return "GuidonClient as it ships, connected, counters and samples on, by FlagHandle";
    }

    @Override
    public Call call(Scenario scenario) {
      return new ByHandleCall(client, scenario);
    }
  }

  private static final class ByHandleCall extends Call {
    private final GuidonClient client;
    private final Scenario scenario;
    private final FlagHandle flag;
    private final User[] users;
    private final Context[] contexts;

    ByHandleCall(GuidonClient client, Scenario scenario) {
      this.client = client;
      this.scenario = scenario;
      this.flag = FlagHandle.of(scenario.flag());
      this.users = Answers.everybody(scenario).toArray(User[]::new);
      this.contexts = contexts(scenario);
    }

    @Override
    public boolean bool(int user) {
      Context context = scenario == Scenario.S2C ? context(users[user]) : contexts[user];
      return client.booleanValue(flag, context, /* fallback= */ false);
    }

    @Override
    public String text(int user) {
      return client.stringValue(flag, contexts[user], /* fallback= */ "");
    }
  }

  /** The OpenFeature client before Guidon's provider. */
  public static final class OpenFeature extends Connected {
    public OpenFeature() throws IOException {}

    @Override
    public String setup() {
      return "OpenFeature Java client 1.22.0 before GuidonProvider, connected, counters on";
    }

    @Override
    public @Nullable Call call(Scenario scenario) {
      if (scenario != Scenario.S6) {
        return null;
      }
      OpenFeatureAPI.getInstance().setProviderAndWait("guidon", GuidonProvider.of(client));
      return new OpenFeatureCall(OpenFeatureAPI.getInstance().getClient("guidon"), scenario);
    }
  }

  /** Any provider behind the OpenFeature client. */
  public static final class OpenFeatureCall extends Call {
    private final Client client;
    private final Scenario scenario;
    private final String flag;
    private final List<User> users;
    private final EvaluationContext[] contexts;

    public OpenFeatureCall(Client client, Scenario scenario) {
      this.client = client;
      this.scenario = scenario;
      this.flag = scenario.flag();
      this.users = Answers.everybody(scenario);
      this.contexts = openFeatureContexts(scenario);
    }

    @Override
    public boolean bool(int user) {
      EvaluationContext context =
          scenario == Scenario.S2C ? openFeatureContext(users.get(user)) : contexts[user];
      return client.getBooleanValue(flag, /* defaultValue= */ false, context);
    }

    @Override
    public String text(int user) {
      return client.getStringValue(flag, /* defaultValue= */ "", contexts[user]);
    }
  }
}
