package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever an application puts into a context, asking for a flag does not break it. */
class HostileContextTest {
  @Test
  void anyObjectInAContextGivesAnAnswer() {
    Set<ErrorCode> met = new HashSet<>();
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      RandomScene generator = new RandomScene(random);
      Ruleset ruleset = generator.scene().ruleset();
      for (int i = 0; i < 20; i++) {
        Context context = hostile(generator.context(), random);
        for (String flag : ruleset.flagKeys()) {
          Outcome outcome = ruleset.decide(flag, context, Scene.NOW);
          ruleset.evaluate(flag, context, Scene.NOW);
          if (i % 5 == 0) {
            ruleset.explain(flag, context, Scene.NOW).toJson();
          }
          ruleset.booleanValue(flag, context, Scene.NOW, true);
          if (outcome.error() != null) {
            met.add(outcome.error());
          }
        }
        Contexts.toJson(context);
      }
    }

    assertThat(met).as("the hostile values were really met").contains(ErrorCode.GENERAL);
  }

  @Test
  void throwingValueIsAnErrorOfThatFlagOnly() {
    Ruleset ruleset =
        new Scene()
            .flagWhen("f", "{'attribute':'a','op':'in','values':['x']}")
            .flagWhen("g", "{'attribute':'b','op':'in','values':['x']}")
            .ruleset();
    Context context = Context.builder().put("a", new ThrowingList()).put("b", "x").build();

    Outcome f = ruleset.decide("f", context, 0);

    assertThat(f.error()).isEqualTo(ErrorCode.GENERAL);
    assertThat(f.flag()).isEqualTo("f");
    assertThat(ruleset.booleanValue("f", context, 0, true)).isTrue();
    assertThat(ruleset.decide("g", context, 0).variant()).isEqualTo("on");
  }

  @SuppressWarnings("NullAway") // what callers without null checks do
  @Test
  void nullsOfCallersAreAnswered() {
    Ruleset ruleset =
        new Scene().flagWhen("f", "{'attribute':'a','kind':'org','op':'present'}").ruleset();

    assertThat(ruleset.decide("f", null, 0))
        .as("no context is an empty one")
        .isSameAs(ruleset.decide("f", Context.EMPTY, 0));
    assertThat(ruleset.decide((String) null, Context.EMPTY, 0).error())
        .isEqualTo(ErrorCode.FLAG_NOT_FOUND);
  }

  private static Context hostile(Context context, Random random) {
    Context.Builder builder = context.toBuilder();
    for (String name : new String[] {"a", "b", "m", "targetingKey"}) {
      if (random.nextInt(3) == 0) {
        builder.put(name, hostileValue(random));
      }
    }
    return builder.build();
  }

  private static Object hostileValue(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> new ThrowingNumber();
      case 1 -> new ThrowingList();
      case 2 -> new ThrowingMap();
      case 3 -> {
        Map<String, Object> itself = new HashMap<>();
        itself.put("x", itself);
        itself.put("l", itself);
        yield itself;
      }
      case 4 -> {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        yield itself;
      }
      case 5 -> new Object();
      case 6 -> "\uD800".repeat(1 + random.nextInt(5));
      case 7 -> new Object[] {1};
      default -> "x".repeat(10_000);
    };
  }

  static final class ThrowingNumber extends Number {
    private static final long serialVersionUID = 1L;

    @Override
    public int intValue() {
      throw new ArithmeticException("int");
    }

    @Override
    public long longValue() {
      throw new ArithmeticException("long");
    }

    @Override
    public float floatValue() {
      throw new ArithmeticException("float");
    }

    @Override
    public double doubleValue() {
      throw new ArithmeticException("double");
    }
  }

  private static final class ThrowingList extends AbstractList<Object> {
    @Override
    public Object get(int index) {
      throw new AssertionError("get");
    }

    @Override
    public int size() {
      return 3;
    }
  }

  private static final class ThrowingMap extends AbstractMap<String, Object> {
    @Override
    public Object get(Object key) {
      throw new StackOverflowError("get");
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      throw new IllegalStateException("entrySet");
    }
  }
}
