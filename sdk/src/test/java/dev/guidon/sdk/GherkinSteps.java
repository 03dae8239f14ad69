package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.FlagEvaluationOptions;
import dev.openfeature.sdk.Hook;
import dev.openfeature.sdk.HookContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.ImmutableMetadata;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.MutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderState;
import dev.openfeature.sdk.ThreadLocalTransactionContextPropagator;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.OpenFeatureError;
import io.cucumber.datatable.DataTable;
import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What the sentences of OpenFeature's features mean for our provider. Each scenario has an API
 * instance of its own.
 */
@SuppressWarnings("rawtypes") // The interface of OpenFeature has raw hooks.
public final class GherkinSteps {
  /** Where the features and test-flags.json are; set before cucumber is run. */
  static Path assets;

  private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final List<String> hookCalls = new ArrayList<>();
  private final Map<String, FlagEvaluationDetails<?>> hookDetails = new HashMap<>();
  private boolean ownMetadataOnly;
  private Client client;
  private EvaluationContext context = new ImmutableContext();
  private String type;
  private String key;
  private String fallback;
  private FlagEvaluationDetails<?> details;
  private FlagEvaluationOptions options = FlagEvaluationOptions.builder().build();
  private EvaluationContext before;
  private Recording recording;
  private EvaluationContext invocation = new ImmutableContext();
  private EvaluationContext transaction = new ImmutableContext();
  private List<String> levels = List.of();

  @Before("@Metadata")
  public void metadataOfTheFlagAlone() {
    ownMetadataOnly = true;
  }

  @After
  public void end() throws Exception {
    api.setTransactionContext(new ImmutableContext());
    api.shutdown();
    for (AutoCloseable resource : resources) {
      resource.close();
    }
  }

  // Providers.

  private GuidonProvider flags() throws IOException {
    GuidonProvider provider = GherkinFlags.load(assets.resolve("test-flags.json")).provider();
    return ownMetadataOnly ? provider.withOwnMetadataOnly() : provider;
  }

  @Given("a stable provider")
  public void stable() throws Exception {
    api.setProviderAndWait(flags());
    client = api.getClient();
  }

  @Given("a not ready provider")
  public void notReady() throws Exception {
    ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    resources.add(silent);
    api.setProvider(
        "waiting",
        new GuidonProvider(
            builder("http://127.0.0.1:" + silent.getLocalPort())
                .initTimeout(Duration.ofSeconds(30))));
    client = api.getClient("waiting");
  }

  @Given("a error provider")
  public void error() throws Exception {
    FakeEdge dead = edge();
    dead.die();
    GuidonProvider provider =
        new GuidonProvider(builder(dead.url()).initTimeout(Duration.ofMillis(100)));
    resources.add(provider::shutdown);
    assertThatThrownBy(() -> api.setProviderAndWait("broken", provider))
        .isInstanceOf(OpenFeatureError.class);
    client = api.getClient("broken");
  }

  @Given("a fatal provider")
  public void fatal() {
    FakeEdge edge = edge();
    GuidonProvider provider = new GuidonProvider(builder(edge.url()).key("gdn_srv_wrong"));
    resources.add(provider::shutdown);
    assertThatThrownBy(() -> api.setProviderAndWait("refused", provider))
        .isInstanceOf(OpenFeatureError.class);
    client = api.getClient("refused");
  }

  @Given("a stale provider")
  public void stale() {
    FakeEdge edge = edge();
    edge.flag("boolean-flag", Docs.bool("boolean-flag", true));
    api.setProviderAndWait(
        "lonely", new GuidonProvider(builder(edge.url()).following(FollowingTest.impatient())));
    edge.die();
    client = api.getClient("lonely");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> client.getProviderState() == ProviderState.STALE);
  }

  private FakeEdge edge() {
    FakeEdge edge = new FakeEdge();
    resources.add(edge);
    return edge;
  }

  private static GuidonClient.Builder builder(String url) {
    return GuidonClient.builder().environment(name -> null).url(url).key(FakeEdge.KEY);
  }

  @Then("the provider status should be {string}")
  public void status(String expected) {
    assertThat(client.getProviderState().name()).isEqualTo(expected);
  }

  // Evaluation.

  @Given("^a (\\w+)-flag with key \"([^\"]*)\" and a fallback value \"(.*)\"$")
  public void flag(String ofType, String ofKey, String withFallback) {
    type = ofType.toLowerCase(java.util.Locale.ROOT);
    key = ofKey;
    fallback = withFallback.replace("\\\"", "\"");
  }

  @Given("a context containing a key {string}, with type {string} and with value {string}")
  public void contextWith(String name, String ofType, String value) {
    context = context.merge(new ImmutableContext(Map.of(name, typed(ofType, value))));
  }

  private static Value typed(String ofType, String text) {
    return switch (ofType) {
      case "Boolean" -> new Value(Boolean.valueOf(text));
      case "Integer" -> new Value(Integer.valueOf(text));
      case "Float" -> new Value(Double.valueOf(text));
      default -> new Value(text);
    };
  }

  @Given("a context containing a key {string} with null value")
  public void contextWithNull(String name) {
    context = new MutableContext(Map.of(name, new Value()));
  }

  @When("the flag was evaluated with details")
  @When("the flag was evaluated with details using the evaluation options")
  public void evaluate() {
    details = evaluation();
  }

  private FlagEvaluationDetails<?> evaluation() {
    return switch (type) {
      case "boolean" -> client.getBooleanDetails(key, Boolean.valueOf(fallback), context, options);
      case "string" -> client.getStringDetails(key, fallback, context, options);
      case "integer" -> client.getIntegerDetails(key, Integer.valueOf(fallback), context, options);
      case "float" -> client.getDoubleDetails(key, Double.valueOf(fallback), context, options);
      case "object" -> client.getObjectDetails(key, value(fallback), context, options);
      default ->
          throw new IllegalArgumentException("type: " + type + " (expected: one of OpenFeature's)");
    };
  }

  private static Value value(String json) {
    return OpenFeatureContexts.value(json(json));
  }

  private static Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }

  @Then("^the resolved details value should be \"(.*)\"$")
  public void resolved(String expected) {
    String text = expected.replace("\\\"", "\"");
    switch (type) {
      case "boolean" -> assertThat(details.getValue()).isEqualTo(Boolean.valueOf(text));
      case "integer" -> assertThat(details.getValue()).isEqualTo(Integer.valueOf(text));
      case "float" -> assertThat(details.getValue()).isEqualTo(Double.valueOf(text));
      case "object" -> assertThat(details.getValue()).isEqualTo(value(text));
      default -> assertThat(details.getValue()).isEqualTo(text);
    }
  }

  @Then("the reason should be {string}")
  public void reason(String expected) {
    assertThat(details.getReason()).isEqualTo(expected);
  }

  @Then("the error-code should be {string}")
  public void errorCode(String expected) {
    assertThat(details.getErrorCode()).isEqualTo(ErrorCode.valueOf(expected));
    assertThat(details.getErrorMessage()).isNotBlank();
  }

  @Then("the flag key should be {string}")
  public void flagKey(String expected) {
    assertThat(details.getFlagKey()).isEqualTo(expected);
  }

  @Then("the variant should be {string}")
  public void variant(String expected) {
    assertThat(details.getVariant()).isEqualTo(expected);
  }

  @Then("the resolved metadata should contain")
  public void metadata(DataTable table) {
    ImmutableMetadata metadata = details.getFlagMetadata();
    for (Map<String, String> row : table.asMaps()) {
      String name = row.get("key");
      String expected = row.get("value");
      switch (row.get("metadata_type")) {
        case "String" -> assertThat(metadata.getString(name)).isEqualTo(expected);
        case "Integer" ->
            assertThat(metadata.getInteger(name)).isEqualTo(Integer.valueOf(expected));
        case "Float" -> assertThat(metadata.getDouble(name)).isEqualTo(Double.valueOf(expected));
        case "Boolean" ->
            assertThat(metadata.getBoolean(name)).isEqualTo(Boolean.valueOf(expected));
        default -> throw new IllegalArgumentException("metadata type: " + row);
      }
    }
  }

  @Then("the resolved metadata is empty")
  public void noMetadata() {
    assertThat(details.getFlagMetadata().isEmpty()).isTrue();
  }

  // Hooks.

  private final class Listening implements Hook<Object> {
    private final String name;

    Listening(String name) {
      this.name = name;
    }

    @Override
    public Optional<EvaluationContext> before(HookContext<Object> of, Map<String, Object> hints) {
      hookCalls.add(name + "before");
      return Optional.empty();
    }

    @Override
    public void after(
        HookContext<Object> of, FlagEvaluationDetails<Object> seen, Map<String, Object> hints) {
      hookCalls.add(name + "after");
      hookDetails.put("after", seen);
    }

    @Override
    public void error(HookContext<Object> of, Exception error, Map<String, Object> hints) {
      hookCalls.add(name + "error");
    }

    @Override
    public void finallyAfter(
        HookContext<Object> of, FlagEvaluationDetails<Object> seen, Map<String, Object> hints) {
      hookCalls.add(name + "finally");
      hookDetails.put("finally", seen);
    }
  }

  @Given("a client with added hook")
  public void addHook() {
    client.addHooks(new Listening(""));
  }

  @Then("the {string} hook should have been executed")
  public void executed(String stage) {
    assertThat(hookCalls).contains(stage);
  }

  @Then("the {string} hooks should be called with evaluation details")
  public void hookDetails(String stages, DataTable table) {
    for (String stage : List.of(stages.split(", "))) {
      FlagEvaluationDetails<?> seen = hookDetails.get(stage);
      for (Map<String, String> row : table.asMaps()) {
        Object found =
            switch (row.get("key")) {
              case "flag_key" -> seen.getFlagKey();
              case "value" -> seen.getValue();
              case "variant" -> seen.getVariant();
              case "reason" -> seen.getReason();
              default -> seen.getErrorCode();
            };
        assertThat(String.valueOf(found)).isEqualTo(row.get("value"));
      }
    }
  }

  @Given("evaluation options containing specific hooks")
  public void optionsWithHooks() {
    options =
        FlagEvaluationOptions.builder().hook(new Listening("1 ")).hook(new Listening("2 ")).build();
  }

  @Then("the specified hooks should execute during evaluation")
  public void specifiedHooksRan() {
    assertThat(hookCalls).contains("1 before", "2 before", "1 finally", "2 finally");
  }

  @Then("the hook order should be maintained")
  public void hookOrder() {
    // Among hooks of one place the specification leaves the order open; what opened last must close
    // first.
    String first = hookCalls.get(0).substring(0, 1);
    String second = first.equals("1") ? "2" : "1";
    assertThat(hookCalls)
        .containsExactly(
            first + " before",
            second + " before",
            second + " after",
            first + " after",
            second + " finally",
            first + " finally");
  }

  // Immutability, and asking from another thread.

  @Given("an evaluation context with modifiable data")
  public void modifiable() {
    context = new MutableContext("u1").add("list", List.of(new Value("a")));
    before = new ImmutableContext("u1", context.asMap());
  }

  @Then("the original evaluation context should remain unmodified")
  public void unmodified() {
    assertThat(context.asMap()).isEqualTo(before.asMap());
  }

  @Then("the evaluation details should be immutable")
  public void immutable() {
    assertThatThrownBy(() -> details.getFlagMetadata().asUnmodifiableMap().put("a", "b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private CompletableFuture<FlagEvaluationDetails<?>> asked;

  @When("the flag was evaluated with details asynchronously")
  public void evaluateAsynchronously() {
    asked = CompletableFuture.supplyAsync(this::evaluation);
  }

  @Then("the evaluation should complete without blocking")
  public void completes() throws Exception {
    details = asked.get(10, TimeUnit.SECONDS);
  }

  // Merging of contexts: what reaches our provider, as our engine sees it.

  /** Our provider, listened to. */
  private static final class Recording extends EventProvider {
    private final GuidonProvider ours;
    private dev.guidon.engine.Context seen;

    Recording(GuidonProvider ours) {
      this.ours = ours;
    }

    @Override
    public Metadata getMetadata() {
      return ours.getMetadata();
    }

    @Override
    public void initialize(EvaluationContext with) {
      ours.initialize(with);
    }

    @Override
    public void shutdown() {
      ours.shutdown();
      super.shutdown();
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(
        String of, Boolean otherwise, EvaluationContext with) {
      seen = OpenFeatureContexts.context(with);
      return ours.getBooleanEvaluation(of, otherwise, with);
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(
        String of, String otherwise, EvaluationContext with) {
      return ours.getStringEvaluation(of, otherwise, with);
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(
        String of, Integer otherwise, EvaluationContext with) {
      return ours.getIntegerEvaluation(of, otherwise, with);
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(
        String of, Double otherwise, EvaluationContext with) {
      return ours.getDoubleEvaluation(of, otherwise, with);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(
        String of, Value otherwise, EvaluationContext with) {
      return ours.getObjectEvaluation(of, otherwise, with);
    }
  }

  @Given("a stable provider with retrievable context is registered")
  public void recording() throws Exception {
    recording = new Recording(flags());
    api.setProviderAndWait(recording);
    api.setTransactionContextPropagator(new ThreadLocalTransactionContextPropagator());
    client = api.getClient();
  }

  @When("A context entry with key {string} and value {string} is added to the {string} level")
  public void addEntry(String name, String text, String level) {
    EvaluationContext entry = new ImmutableContext(Map.of(name, new Value(text)));
    switch (level) {
      case "API" -> api.setEvaluationContext(merged(api.getEvaluationContext(), entry));
      case "Transaction" -> {
        transaction = merged(transaction, entry);
        api.setTransactionContext(transaction);
      }
      case "Client" -> client.setEvaluationContext(merged(client.getEvaluationContext(), entry));
      case "Invocation" -> invocation = merged(invocation, entry);
      case "Before Hooks" -> client.addHooks(new Adding(entry));
      default -> throw new IllegalArgumentException("level: " + level);
    }
  }

  private static EvaluationContext merged(EvaluationContext base, EvaluationContext entry) {
    return base == null ? entry : base.merge(entry);
  }

  private record Adding(EvaluationContext entry) implements Hook<Object> {
    @Override
    public Optional<EvaluationContext> before(HookContext<Object> of, Map<String, Object> hints) {
      return Optional.of(entry);
    }
  }

  @When("Some flag was evaluated")
  public void evaluateSome() {
    assertThat(client.getBooleanValue("boolean-flag", false, invocation)).isTrue();
  }

  @Then("The merged context contains an entry with key {string} and value {string}")
  public void mergedContains(String name, String expected) {
    assertThat(recording.seen.attribute(name)).isEqualTo(expected);
  }

  @Given("A table with levels of increasing precedence")
  public void levels(DataTable table) {
    levels = table.asList();
  }

  @Given(
      "Context entries for each level from API level down to the {string} level, with key {string} and value {string}")
  public void addEntries(String last, String name, String value) {
    for (String level : levels) {
      addEntry(name, level, level);
      if (level.equals(last)) {
        assertThat(value).isEqualTo(level);
        return;
      }
    }
  }

  // The older evaluation.feature.

  @When(
      "^an? (\\w+) flag with key \"([^\"]*)\" is evaluated (with details and |with )(?:default value|a null default value)(?: (.*))?$")
  public void evaluateOld(String ofType, String ofKey, String unused, String withFallback) {
    type = ofType;
    key = ofKey;
    fallback = withFallback == null ? "{}" : withFallback.replace("\"", "");
    details = evaluation();
  }

  @Then(
      "^the resolved (boolean|string|integer|float) (?:details )?value should be \"?([^\",]*)\"?(?:, the variant should be \"([^\"]*)\", and the reason should be \"([^\"]*)\")?$")
  public void resolvedOld(String ofType, String expected, String variant, String reason) {
    assertThat(type).isEqualTo(ofType);
    resolved(expected);
    if (variant != null) {
      variant(variant);
      reason(reason);
    }
  }

  @Then(
      "^the resolved object (?:details )?value should be contain fields \"(\\w+)\", \"(\\w+)\", and \"(\\w+)\", with values \"(\\w+)\", \"([^\"]*)\" and (\\d+), respectively$")
  public void resolvedObject(
      String first, String second, String third, String bool, String text, int number) {
    Map<String, Value> members = ((Value) details.getValue()).asStructure().asMap();
    assertThat(members.get(first).asBoolean()).isEqualTo(Boolean.valueOf(bool));
    assertThat(members.get(second).asString()).isEqualTo(text);
    assertThat(members.get(third).asInteger()).isEqualTo(number);
  }

  @Then("the variant should be {string}, and the reason should be {string}")
  public void variantAndReason(String variant, String reason) {
    variant(variant);
    reason(reason);
  }

  @When(
      "context contains keys {string}, {string}, {string}, {string} with values {string}, {string}, {int}, {string}")
  public void fourKeys(
      String k1, String k2, String k3, String k4, String v1, String v2, int v3, String v4) {
    context =
        new ImmutableContext(
            Map.of(
                k1,
                new Value(v1),
                k2,
                new Value(v2),
                k3,
                new Value(v3),
                k4,
                new Value(Boolean.valueOf(v4))));
  }

  @When("a flag with key {string} is evaluated with default value {string}")
  public void evaluateString(String ofKey, String withFallback) {
    type = "string";
    key = ofKey;
    fallback = withFallback;
    details = evaluation();
  }

  @Then("the resolved string response should be {string}")
  public void resolvedString(String expected) {
    assertThat(details.getValue()).isEqualTo(expected);
  }

  @Then("the resolved flag value is {string} when the context is empty")
  public void resolvedWithoutContext(String expected) {
    assertThat(client.getStringValue(key, fallback)).isEqualTo(expected);
  }

  @When(
      "a non-existent string flag with key {string} is evaluated with details and a fallback value {string}")
  public void evaluateMissing(String ofKey, String withFallback) {
    evaluateString(ofKey, withFallback);
  }

  @When(
      "a string flag with key {string} is evaluated as an integer, with details and a fallback value {int}")
  public void evaluateAsInteger(String ofKey, int withFallback) {
    type = "integer";
    key = ofKey;
    fallback = String.valueOf(withFallback);
    details = evaluation();
  }

  @Then("^the default (?:string|integer) value should be returned$")
  public void isFallback() {
    assertThat(String.valueOf(details.getValue())).isEqualTo(fallback);
  }

  @Then(
      "^the reason should indicate an error and the error code should indicate (?:a missing flag|a type mismatch) with \"(\\w+)\"$")
  public void isError(String code) {
    reason("ERROR");
    errorCode(code);
  }
}
