package dev.guidon.conformance;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.engine.Decision;
import dev.guidon.model.Problems;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.InMemoryFlags;
import dev.guidon.sdk.TimeSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Our client without a server. It has one region, no blobs, and its state is always the newest, so
 * that it can be asked only what {@link #canAsk} admits.
 */
final class SdkEvaluator implements Evaluator {
  private @Nullable Scene scene;
  private @Nullable GuidonClient client;
  private long nowMicros;

  static boolean canAsk(Suite suite) {
    Scene scene = suite.scene();
    return scene.region().equals("local")
        && scene.blobs().isEmpty()
        && scene.earlier() == null
        && suite.cases().stream().allMatch(one -> one.question().ageMicros() == 0);
  }

  @Override
  public Answer answer(Scene asked, Question question) {
    Problems problems = new Problems();
    Context context = Contexts.fromJson(question.context(), problems);
    if (!problems.isEmpty()) {
      return Answer.error("INVALID_CONTEXT", null);
    }
    nowMicros = question.nowMicros();
    Decision decision = client(asked).decision(question.flag(), context);
    return Views.answer(Objects.requireNonNull(decision), question.type());
  }

  @SuppressWarnings("ReferenceEquality") // the same scene again is the same object
  private GuidonClient client(Scene asked) {
    GuidonClient known = client;
    if (known == null || scene != asked) {
      InMemoryFlags flags = InMemoryFlags.at(new Time());
      Views.documents(asked).forEach(flags::put);
      known = flags.client();
      client = known;
      scene = asked;
    }
    return known;
  }

  private final class Time implements TimeSource {
    @Override
    public long wallMicros() {
      return nowMicros;
    }

    @Override
    public long monotonicMicros() {
      return 0;
    }
  }
}
