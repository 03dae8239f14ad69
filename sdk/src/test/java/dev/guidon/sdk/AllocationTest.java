package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.guidon.engine.Context;
import dev.guidon.engine.FlagHandle;
import dev.guidon.model.EntityId;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The scenarios that the benchmarks time, through a client that follows a server, counts and takes
 * samples.
 */
@Timeout(120)
class AllocationTest {
  private static final int CONTEXTS = 1024;
  private static final int ROUNDS = 200;

  /** Samples are taken twice a second; nothing else may allocate. */
  private static final double BYTES_MAX = 0.5;

  private final Context[] contexts = new Context[CONTEXTS];
  private final List<String> measured = new ArrayList<>();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  AllocationTest() {
    for (int i = 0; i < CONTEXTS; i++) {
      contexts[i] =
          Context.builder()
              .targetingKey("user-" + i)
              .put("country", "DE")
              .put("build", i % 100)
              .build();
    }
  }

  /** On for all, one equality, a split, twenty rules, and variants behind a segment. */
  private static Map<EntityId, Json.Obj> scenarios() {
    Map<EntityId, Json.Obj> documents = new LinkedHashMap<>();
    documents.put(EntityId.flag("s1"), Docs.bool("s1", true));
    documents.put(EntityId.flag("s2"), Docs.forCountry("s2", "DE"));
    documents.put(EntityId.flag("s3"), Docs.split("s3"));
    documents.put(EntityId.flag("s4"), twentyRules("s4"));
    documents.put(EntityId.flag("s5"), behindASegment("s5"));
    documents.put(EntityId.segment("insiders"), insiders());
    return documents;
  }

  private static Json.Obj twentyRules(String key) {
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rules.add(
          """
          {"id":"r%d","if":{"all":[
             {"attribute":"country","op":"in","values":["DE","C%d","D%d","E%d","F%d"]},
             {"attribute":"build","op":"gte","values":[%d]}]},
           "serve":{"variant":"on"}}\
          """
              .formatted(i, i, i, i, i, i == 19 ? 0 : 200 + i));
    }
    return Docs.bool(key, /* on= */ true, "[" + String.join(",", rules) + "]", "off");
  }

  private static Json.Obj behindASegment(String key) {
    return Docs.json(
        """
        {"envelope":{"key":"%s","type":"string","on":true,
           "variants":{"a":"A","b":"B","c":"C","d":"D"},"offVariant":"a"},
         "rules":[{"id":"r1","if":{"segment":"insiders"},"serve":{"split":{"shares":[
             {"variant":"a","weight":10000},{"variant":"b","weight":20000},
             {"variant":"c","weight":30000},{"variant":"d","weight":40000}]}}}],
         "default":{"variant":"a"},"salt":"s"}\
        """
            .formatted(key));
  }

  private static Json.Obj insiders() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      keys.add("\"user-" + i + "\"");
    }
    return Docs.json("{\"key\":\"insiders\",\"included\":[" + String.join(",", keys) + "]}");
  }

  @Test
  void noScenarioAllocates() {
    try (FakeEdge edge = new FakeEdge()) {
      Token token = edge.putAll(scenarios());
      try (GuidonClient client = FollowingTest.builder(edge).build()) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();

        for (String flag : List.of("s1", "s2", "s3", "s4")) {
          FlagHandle handle = FlagHandle.of(flag);
          measure(flag, context -> client.booleanValue(flag, context, false) ? 1 : 0);
          measure(
              flag + " by handle", context -> client.booleanValue(handle, context, false) ? 1 : 0);
        }
        FlagHandle handle = FlagHandle.of("s5");
        measure("s5", context -> client.stringValue("s5", context, "").length());
        measure("s5 by handle", context -> client.stringValue(handle, context, "").length());
        System.out.println(
            "CLAIM sdk-no-allocation: bytes a call, samples included: "
                + String.join(", ", measured));
      }
    }
  }

  private void measure(String scenario, ToIntFunction<Context> ask) {
    long answered = rounds(ask, ROUNDS);
    long before = threads.getCurrentThreadAllocatedBytes();
    answered += rounds(ask, ROUNDS);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    double bytes = (double) allocated / (ROUNDS * CONTEXTS);
    measured.add(String.format(Locale.ROOT, "%s %.3f", scenario, bytes));
    assertThat(answered).as(scenario).isPositive();
    assertThat(bytes).as("bytes a call, " + scenario).isLessThan(BYTES_MAX);
  }

  private long rounds(ToIntFunction<Context> ask, int rounds) {
    long answered = 0;
    for (int i = 0; i < rounds; i++) {
      for (Context context : contexts) {
        answered += ask.applyAsInt(context);
      }
    }
    return answered;
  }
}
