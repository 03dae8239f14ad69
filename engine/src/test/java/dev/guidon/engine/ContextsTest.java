package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.Problems;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.time.Instant;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContextsTest {
  @Test
  void jsonAndBackIsTheSame() {
    Json.Obj json =
        Scene.json(
            "{'targetingKey':'u1','country':'DE','n':3.5,'beta':true,'roles':['a',1],'address':{'city':'Bonn'},"
                + "'$kinds':{'organization':{'targetingKey':'acme','plan':'pro'}}}");
    Problems problems = new Problems();

    Context context = Contexts.fromJson(json, problems);

    assertThat(problems.list()).isEmpty();
    assertThat(context.targetingKey()).isEqualTo("u1");
    assertThat(context.attribute("n")).isEqualTo(3.5);
    assertThat(context.kind("organization"))
        .isEqualTo(Context.builder().targetingKey("acme").put("plan", "pro").build());
    assertThat(Contexts.toJson(context)).isEqualTo(json);
  }

  @Test
  void nullIsAbsent() {
    Problems problems = new Problems();

    Context context =
        Contexts.fromJson(Scene.json("{'targetingKey':null,'a':null,'$kinds':null}"), problems);

    assertThat(problems.list()).isEmpty();
    assertThat(context).isSameAs(Context.EMPTY);
  }

  @Test
  void badContextsAreProblemsAndNeverExceptions() {
    String[] bad = {
      "{'targetingKey':7}",
      "{'$kinds':7}",
      "{'$kinds':{'user':{}}}",
      "{'$kinds':{'':{}}}",
      "{'$kinds':{'org':7}}",
      "{'$kinds':{'org':{'targetingKey':[]}}}",
    };

    for (String text : bad) {
      Problems problems = new Problems();
      Contexts.fromJson(Scene.json(text), problems);
      assertThat(problems.list()).as(text).hasSize(1);
    }
    for (Json json : List.of(Json.NULL, Json.of("x"), Json.arr(), Json.of(1L))) {
      Problems problems = new Problems();
      Contexts.fromJson(json, problems);
      assertThat(problems.list()).hasSize(1);
    }
    Json deep = Json.of("x");
    for (int i = 0; i < 5_000; i++) {
      deep = Json.arr(deep);
    }
    Problems problems = new Problems();
    Contexts.fromJson(Json.Obj.of("a", deep), problems);
    assertThat(problems.list()).hasSize(1);
  }

  @Test
  void whatJsonCannotHoldIsLeftOut() {
    Map<String, Object> itself = new HashMap<>();
    itself.put("self", itself);
    Context context =
        Context.builder()
            .targetingKey("u1")
            .put("when", Instant.parse("2026-01-01T00:00:00Z"))
            .put("nan", Double.NaN)
            .put("id", 1_152_921_504_606_846_977L)
            .put("object", new Object())
            .put("itself", itself)
            .put("half", "a\uD800")
            .put("throws", new Throwing())
            .build();

    Json.Obj json = Contexts.toJson(context);

    assertThat(json.members()).containsOnlyKeys("targetingKey", "when", "id", "itself", "half");
    assertThat(json.get("id"))
        .as("what a double would round is text")
        .isEqualTo(Json.of("1152921504606846977"));
    assertThat(json.get("when")).isEqualTo(Json.of("2026-01-01T00:00:00Z"));
    assertThat(CanonicalJson.text(json)).contains("a\uFFFD");
  }

  @Test
  void topLevelKindIsNotNestedInItself() {
    assertThatThrownBy(() -> Context.builder().kind("user", Context.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user");
  }

  @Test
  void builderCopiesAndTextShowsNoValues() {
    Context.Builder builder = Context.builder().targetingKey("secret-person").put("age", 7);
    Context first = builder.build();

    Context second = builder.put("age", null).build();

    assertThat(first.attribute("age")).isEqualTo(7);
    assertThat(second.attribute("age")).isNull();
    assertThat(first.toBuilder().build()).isEqualTo(first).hasSameHashCodeAs(first);
    assertThat(first.toString()).isEqualTo("Context[age, targetingKey]");
  }

  private static final class Throwing extends AbstractList<Object> {
    @Override
    public Object get(int index) {
      throw new IllegalStateException("not for you");
    }

    @Override
    public int size() {
      return 1;
    }
  }
}
