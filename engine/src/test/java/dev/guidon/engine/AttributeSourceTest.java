package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.AttributeRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttributeSourceTest {
  private static final Context ACME = Context.of("acme");
  private static final Context PLAIN =
      Context.builder()
          .targetingKey("u1")
          .put("country", "DE")
          .put("address", Map.of("city", "Kiel"))
          .kind("organization", ACME)
          .build();

  /** Writes down what it was asked for. */
  private static final class Noted implements AttributeSource {
    final List<String> asked = new ArrayList<>();

    @Override
    public @Nullable Object attribute(String name) {
      asked.add(name);
      return PLAIN.attribute(name);
    }

    @Override
    public @Nullable Context kind(String kind) {
      asked.add(kind);
      return PLAIN.kind(kind);
    }

    @Override
    public Context copy() {
      asked.add("everything");
      return PLAIN;
    }
  }

  @Test
  void contextOverASourceIsTheContextThatTheSourceHolds() {
    Context over = Context.over(new Noted());

    assertThat(over).isEqualTo(PLAIN).hasSameHashCodeAs(PLAIN).hasToString(PLAIN.toString());
    assertThat(PLAIN).isEqualTo(over);
    assertThat(over.targetingKey()).isEqualTo("u1");
    assertThat(over.attribute("country")).isEqualTo("DE");
    assertThat(over.kind("organization")).isEqualTo(ACME);
    assertThat(over.attributes()).isEqualTo(PLAIN.attributes());
    assertThat(over.kinds()).isEqualTo(PLAIN.kinds());
    assertThat(over.toBuilder().put("country", "FR").build())
        .isEqualTo(PLAIN.toBuilder().put("country", "FR").build());
    assertThat(Contexts.toJson(over)).isEqualTo(Contexts.toJson(PLAIN));
  }

  @Test
  void nothingIsReadThatNoFlagAsksFor() {
    Noted noted = new Noted();
    Context over = Context.over(noted);

    Object city = Attribute.of(AttributeRef.user("/address/city"), "eu").read(over);
    Object unit = Attribute.of(AttributeRef.UNIT, "eu").read(over);

    assertThat(city).isEqualTo("Kiel");
    assertThat(unit).isEqualTo("u1");
    assertThat(noted.asked).containsExactly("address", AttributeRef.TARGETING_KEY);
  }
}
