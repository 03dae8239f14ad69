package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.guidon.engine.Context;
import dev.guidon.model.Token;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final int CALLS = 1_000_000;

  @Test
  void scalarAnswersAllocateNothing() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.flag("rule", Docs.forCountry("rule", "DE"));
      Token token = edge.flag("split", Docs.split("split"));
      try (GuidonClient client = FollowingTest.builder(edge).build()) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
        Context context = Context.builder().targetingKey("u1").put("country", "DE").build();
        evaluate(client, context);
        evaluate(client, context);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long on = evaluate(client, context);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        System.out.printf(
            "booleanValue through the client, counted and sampled: %.4f bytes a call over %d calls%n",
            (double) allocated / (2 * CALLS), 2 * CALLS);
        assertThat(on).isGreaterThanOrEqualTo(CALLS);
        assertThat((double) allocated / (2 * CALLS)).isLessThan(1);
      }
    }
  }

  private static long evaluate(GuidonClient client, Context context) {
    long on = 0;
    for (int i = 0; i < CALLS; i++) {
      on += client.booleanValue("rule", context, false) ? 1 : 0;
      on += client.booleanValue("split", context, false) ? 1 : 0;
    }
    return on;
  }
}
