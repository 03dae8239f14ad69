package dev.guidon.benchmarks.eval;

import dev.guidon.engine.Context;
import dev.guidon.model.Murmur3;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The least that an answer can cost, written by hand for each scenario. It pays what no engine can
 * leave out: a volatile read of the flags in force, a look-up of the flag by its key in a hash map,
 * attributes read from {@link Context}, and one hash for a split. It knows everything else.
 */
public final class Floor implements Subject {

  @Override
  public String setup() {
    return "by hand: volatile read, hash map, dev.guidon.engine.Context, murmur3";
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    Context[] contexts = Guidon.contexts(scenario);
    return switch (scenario) {
      case S1 -> new Fixed(contexts);
      case S2 -> new Equality(contexts);
      case S3 -> new Split(contexts);
      case S4 -> new Index(contexts);
      case S4V -> new VersionIndex(contexts);
      case S5 -> new Segment(contexts);
      case S6 -> new Constant();
      case S2C -> null;
    };
  }

  /** The flags in force, as a volatile reference to an immutable map. */
  private abstract static class Table<F> extends Call {
    final Context[] contexts;
    private final String key;
    volatile Map<String, F> flags;

    Table(Context[] contexts, Scenario scenario, F flag) {
      this.contexts = contexts;
      this.key = scenario.flag();
      Map<String, F> all = new HashMap<>();
      for (Scenario other : Scenario.values()) {
        all.put(other.flag(), flag);
      }
      this.flags = all;
    }

    final @Nullable F flag() {
      return flags.get(key);
    }
  }

  private record On(boolean value) {}

  private static final class Fixed extends Table<On> {
    Fixed(Context[] contexts) {
      super(contexts, Scenario.S1, new On(/* value= */ true));
    }

    @Override
    public boolean bool(int user) {
      On flag = flag();
      return flag != null && contexts[user] != null && flag.value;
    }
  }

  private record Equals(String attribute, String value) {}

  private static final class Equality extends Table<Equals> {
    Equality(Context[] contexts) {
      super(contexts, Scenario.S2, new Equals("country", Workload.HOME));
    }

    @Override
    public boolean bool(int user) {
      Equals flag = flag();
      return flag != null && flag.value.equals(contexts[user].attribute(flag.attribute));
    }
  }

  private record Halves(String salt, int below) {}

  private static final class Split extends Table<Halves> {
    Split(Context[] contexts) {
      super(contexts, Scenario.S3, new Halves(Scenario.S3.flag(), 50_000));
    }

    @Override
    public boolean bool(int user) {
      Halves flag = flag();
      String unit = contexts[user].targetingKey();
      return flag != null && unit != null && bucket(flag.salt, unit) < flag.below;
    }
  }

  static int bucket(String salt, String unit) {
    return (int) ((Murmur3.ofText(salt, unit) & 0xFFFFFFFFL) * 100_000 >>> 32);
  }

  /** For each country the rules that hold it, a bit each; for each rule its bound. */
  private static final class Rules {
    private final Map<String, Integer> byCountry;
    private final int[] bounds;

    private Rules(Map<String, Integer> byCountry, int[] bounds) {
      this.byCountry = byCountry;
      this.bounds = bounds;
    }

    static Rules of(int[] bounds) {
      Map<String, Integer> byCountry = new HashMap<>();
      for (int rule = 0; rule < Workload.RULES; rule++) {
        for (String country : Workload.countries(rule)) {
          byCountry.merge(country, 1 << rule, (a, b) -> a | b);
        }
      }
      return new Rules(byCountry, bounds);
    }

    boolean match(@Nullable Object country, int version) {
      Integer candidates = byCountry.get(country);
      if (candidates == null) {
        return false;
      }
      for (int rest = candidates; rest != 0; rest &= rest - 1) {
        if (version >= bounds[Integer.numberOfTrailingZeros(rest)]) {
          return true;
        }
      }
      return false;
    }
  }

  private static final class Index extends Table<Rules> {
    Index(Context[] contexts) {
      super(contexts, Scenario.S4, Rules.of(bounds()));
    }

    private static int[] bounds() {
      int[] bounds = new int[Workload.RULES];
      for (int i = 0; i < bounds.length; i++) {
        bounds[i] = Workload.bound(i);
      }
      return bounds;
    }

    @Override
    public boolean bool(int user) {
      Rules flag = flag();
      Context context = contexts[user];
      return flag != null
          && context.attribute("build") instanceof Integer build
          && flag.match(context.attribute("country"), build);
    }
  }

  private static final class VersionIndex extends Table<Rules> {
    VersionIndex(Context[] contexts) {
      super(contexts, Scenario.S4V, Rules.of(bounds()));
    }

    private static int[] bounds() {
      int[] bounds = new int[Workload.RULES];
      for (int i = 0; i < bounds.length; i++) {
        bounds[i] = packed(Workload.versionBound(i));
      }
      return bounds;
    }

    @Override
    public boolean bool(int user) {
      Rules flag = flag();
      Context context = contexts[user];
      return flag != null
          && context.attribute("version") instanceof String version
          && flag.match(context.attribute("country"), packed(version));
    }

    /** Three numbers below 1,024 and two dots; anything else is no version here. */
    private static int packed(String version) {
      int packed = 0;
      int part = 0;
      for (int i = 0; i < version.length(); i++) {
        char c = version.charAt(i);
        if (c == '.') {
          packed = packed << 10 | part;
          part = 0;
        } else if (c >= '0' && c <= '9') {
          part = part * 10 + (c - '0');
        } else {
          return -1;
        }
      }
      return packed << 10 | part;
    }
  }

  private static final class Layout {
    private final Set<String> keys;
    private final String salt;
    private final int[] below;
    private final String[] variants;

    Layout(Set<String> keys, String salt, int[] below, String[] variants) {
      this.keys = keys;
      this.salt = salt;
      this.below = below;
      this.variants = variants;
    }
  }

  private static final class Segment extends Table<Layout> {
    Segment(Context[] contexts) {
      super(
          contexts,
          Scenario.S5,
          new Layout(
              new HashSet<>(Workload.segmentKeys()),
              Scenario.S5.flag(),
              thresholds(),
              Workload.VARIANTS.toArray(String[]::new)));
    }

    private static int[] thresholds() {
      int[] below = new int[Workload.WEIGHTS.size()];
      int sum = 0;
      for (int i = 0; i < below.length; i++) {
        sum += Workload.WEIGHTS.get(i) * 1_000;
        below[i] = sum;
      }
      return below;
    }

    @Override
    public String text(int user) {
      Layout flag = flag();
      String unit = contexts[user].targetingKey();
      if (flag == null || unit == null || !flag.keys.contains(unit)) {
        return Workload.OUTSIDE;
      }
      int bucket = bucket(flag.salt, unit);
      int variant = 0;
      while (bucket >= flag.below[variant]) {
        variant++;
      }
      return flag.variants[variant];
    }
  }

  /** The OpenFeature client before a provider that knows one answer; it is on for everybody. */
  private static final class Constant extends Call {
    private final Client client;
    private final EvaluationContext[] contexts = Guidon.openFeatureContexts(Scenario.S6);

    Constant() {
      OpenFeatureAPI.getInstance().setProviderAndWait("floor", new Always());
      this.client = OpenFeatureAPI.getInstance().getClient("floor");
    }

    /** Strangers get what they must get without being looked at: only users are timed. */
    @Override
    public boolean bool(int user) {
      boolean answer =
          client.getBooleanValue(Scenario.S6.flag(), /* defaultValue= */ false, contexts[user]);
      return answer && user < Workload.USERS;
    }
  }

  private static final class Always implements FeatureProvider {
    private static final ProviderEvaluation<Boolean> ON =
        ProviderEvaluation.<Boolean>builder().value(true).variant("on").reason("STATIC").build();

    @Override
    public Metadata getMetadata() {
      return () -> "constant";
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(
        String key, Boolean fallback, EvaluationContext context) {
      return ON;
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(
        String key, String fallback, EvaluationContext context) {
      throw new UnsupportedOperationException(key);
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(
        String key, Integer fallback, EvaluationContext context) {
      throw new UnsupportedOperationException(key);
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(
        String key, Double fallback, EvaluationContext context) {
      throw new UnsupportedOperationException(key);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(
        String key, Value fallback, EvaluationContext context) {
      throw new UnsupportedOperationException(key);
    }
  }
}
