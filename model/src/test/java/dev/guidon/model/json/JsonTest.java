package dev.guidon.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON values are immutable, ordered and total. */
class JsonTest {

  @Test
  void objectsCopyWhatTheyAreGiven() {
    Map<String, Json> members = new LinkedHashMap<>(Map.of("a", Json.of(1)));
    var obj = new Json.Obj(members);

    members.put("b", Json.of(2));

    assertThat(obj.members()).containsOnlyKeys("a");
    assertThatThrownBy(() -> obj.members().put("c", Json.NULL))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void arraysCopyWhatTheyAreGiven() {
    List<Json> items = new ArrayList<>(List.of(Json.of(true)));
    var arr = new Json.Arr(items);

    items.add(Json.NULL);

    assertThat(arr).isEqualTo(Json.arr(Json.of(true)));
  }

  @Test
  void withReplacesInPlaceOrAddsAtTheEnd() {
    var obj = Json.Obj.of("a", Json.of(1), "b", Json.of(2));

    var changed = obj.with("a", Json.of("x")).with("c", Json.NULL);

    assertThat(changed.members().keySet()).containsExactly("a", "b", "c");
    assertThat(changed.get("a")).isEqualTo(Json.of("x"));
    assertThat(obj.get("a")).isEqualTo(Json.of(1));
  }

  @Test
  void withoutRemovesOneMember() {
    var obj = Json.Obj.of("a", Json.of(1), "b", Json.of(2));

    assertThat(obj.without("a")).isEqualTo(Json.Obj.of("b", Json.of(2)));
    assertThat(obj.without("z")).isSameAs(obj);
    assertThat(obj.without("a").has("a")).isFalse();
  }

  @Test
  void absentMembersAreNullInJavaAndPresentNullsAreNot() {
    var obj = Json.Obj.of("present", Json.NULL);

    assertThat(obj.get("absent")).isNull();
    assertThat(obj.get("present")).isSameAs(Json.NULL);
    assertThat(obj.has("present")).isTrue();
  }

  @Test
  void builderLeavesOutWhatIsNotPresentAndKeepsOrder() {
    String none = null;

    var obj =
        Json.Obj.builder()
            .put("z", 1)
            .put("y", 1.5)
            .putIfPresent("x", none)
            .putIfPresent("w", "there")
            .put("v", false)
            .build();

    assertThat(CanonicalJson.text(obj))
        .isEqualTo("{\"v\":false,\"w\":\"there\",\"y\":1.5,\"z\":1}");
    assertThat(obj.members().keySet()).containsExactly("z", "y", "w", "v");
  }

  @Test
  void builderRefusesTheSameNameTwice() {
    var builder = Json.Obj.builder().put("a", 1);

    assertThatThrownBy(() -> builder.put("a", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("member: \"a\" (expected: put once per object)");
  }

  @Test
  void thereIsOneZero() {
    assertThat(Json.of(-0.0)).isEqualTo(Json.of(0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 53, -(1L << 53), Long.MAX_VALUE, Long.MIN_VALUE})
  void integersThatADoubleCannotTellApartAreRefused(long value) {
    assertThatThrownBy(() -> Json.of(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number: " + value + " (expected: a whole number within ±9007199254740991)");
  }

  @Test
  void safeIntegersConvertWithoutLoss() {
    assertThat(Json.of((1L << 53) - 1).longValue()).isEqualTo((1L << 53) - 1);
    assertThat(Json.of(10.0).isSafeInteger()).isTrue();
    assertThat(Json.of(3.14).isSafeInteger()).isFalse();
    assertThat(Json.of(0x1p53).isSafeInteger()).isFalse();
    assertThatThrownBy(() -> Json.of(3.14).longValue()).isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void numbersAreFinite(double value) {
    assertThatThrownBy(() -> Json.of(value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void typesHaveTheNamesOfJson() {
    assertThat(
            List.of(Json.Obj.of(), Json.arr(), Json.of(""), Json.of(0), Json.of(true), Json.NULL))
        .extracting(Json::typeName)
        .containsExactly("object", "array", "string", "number", "boolean", "null");
  }

  /** "Aa", "BB" and "C#" have one hash code, and so has everything that is made of them. */
  @Test
  void namesThatCollideAreFoundAllTheSame() {
    List<String> names = List.of("");
    for (int i = 0; i < 8; i++) {
      names =
          names.stream()
              .flatMap(name -> java.util.stream.Stream.of(name + "Aa", name + "BB", name + "C#"))
              .toList();
    }
    Map<String, Json> members = new LinkedHashMap<>();
    for (String name : names) {
      members.put(name, Json.of((long) members.size()));
    }

    Json.Obj read =
        (Json.Obj) JsonReader.read(PrettyJson.text(new Json.Obj(members)), JsonLimits.DEFAULT);

    assertThat(read.members()).hasSize(6561).containsAllEntriesOf(members);
    assertThat(read.get("AaAa")).isNull();
  }
}
