package dev.guidon.server.demo;

import dev.guidon.server.demo.Shop.Customer;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.Hook;
import dev.openfeature.sdk.HookContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Customers who keep visiting the shop until they are sent home, and the count of what they met.
 */
final class Traffic implements AutoCloseable {
  private static final int VISITORS = 4;
  private static final long PAUSE_NANOS = 5_000_000;
  private static final List<String> COUNTRIES = List.of("DE", "FR", "SG", "US");

  private final Shop shop;
  private final AtomicLong visits = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final Answers answers = new Answers();
  private volatile boolean open = true;
  private List<Thread> visitors = List.of();

  Traffic(Shop shop) {
    this.shop = shop;
  }

  /** Counts every evaluation the application makes; hand it to OpenFeature as a hook. */
  Hook<Object> answers() {
    return answers;
  }

  /**
   * @param errors evaluations that ended in an error, and visits that failed
   */
  record Count(long visits, long evaluations, long errors) {
    Count since(Count before) {
      return new Count(
          visits - before.visits, evaluations - before.evaluations, errors - before.errors);
    }
  }

  Count count() {
    return new Count(visits.get(), answers.evaluations.get(), answers.errors.get() + broken.get());
  }

  void open() {
    visitors =
        java.util.stream.IntStream.range(0, VISITORS)
            .mapToObj(
                n -> Thread.ofPlatform().name("visitor-" + n).daemon().start(() -> keepVisiting(n)))
            .toList();
  }

  private void keepVisiting(int visitor) {
    for (long visit = visitor; open; visit += VISITORS) {
      try {
        Customer customer =
            new Customer(
                "customer-" + visit % 1000, COUNTRIES.get((int) (visit % COUNTRIES.size())));
        shop.visit(customer);
        visits.incrementAndGet();
      } catch (RuntimeException e) {
        // Counted and shown: the demo's claim is that there are none.
        broken.incrementAndGet();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void close() throws InterruptedException {
    open = false;
    for (Thread visitor : visitors) {
      visitor.join();
    }
  }

  private static final class Answers implements Hook<Object> {
    private final AtomicLong evaluations = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();

    @Override
    public void finallyAfter(
        HookContext<Object> context,
        FlagEvaluationDetails<Object> details,
        Map<String, Object> hints) {
      evaluations.incrementAndGet();
      if (details.getErrorCode() != null) {
        errors.incrementAndGet();
      }
    }
  }
}
