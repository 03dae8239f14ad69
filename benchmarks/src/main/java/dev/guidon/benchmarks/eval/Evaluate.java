package dev.guidon.benchmarks.eval;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One flag, asked for 1,024 users in turn, as a web server asks for whoever comes next. Every fork
 * has one subject and one scenario, so that the compiler sees one. The subject is checked before it
 * is timed. {@link EvalCommand} says what is run: {@code ./guidon bench eval}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Evaluate {

  /** Who is asked what. */
  @State(Scope.Benchmark)
  public static class Asked {
    /** The class of the {@link Subject}. */
    @Param("dev.guidon.benchmarks.eval.Floor")
    public String subject = "";

    @Param("S1")
    public Scenario scenario = Scenario.S1;

    private @Nullable Subject made;
    private @Nullable Call call;

    @Setup(Level.Trial)
    public void make() throws Exception {
      made = Contender.make(subject);
      call = made.call(scenario);
      if (call == null) {
        throw new IllegalStateException(subject + " has no " + scenario);
      }
      Answers.check(scenario, call);
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
      if (made != null) {
        made.close();
      }
    }
  }

  /** Whose turn it is; each thread begins elsewhere. */
  @State(Scope.Thread)
  public static class Turn {
    private int next = (int) Thread.currentThread().threadId() * 367;

    int next() {
      next = next + 1 & Workload.USERS - 1;
      return next;
    }
  }

  @Benchmark
  public boolean bool(Asked asked, Turn turn) {
    Call call = asked.call;
    return call != null && call.bool(turn.next());
  }

  @Benchmark
  public @Nullable String text(Asked asked, Turn turn) {
    Call call = asked.call;
    return call == null ? null : call.text(turn.next());
  }
}
