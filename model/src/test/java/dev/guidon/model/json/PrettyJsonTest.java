package dev.guidon.model.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrettyJsonTest {

  @Test
  void membersKeepTheirOrderAndLevelsAreIndentedByTwoSpaces() {
    var json =
        Json.Obj.builder()
            .put("name", "checkout")
            .put("enabled", true)
            .put("shares", Json.arr(Json.of(0.5), Json.NULL))
            .put("empty", Json.Obj.of("array", Json.arr(), "object", Json.Obj.of()))
            .build();

    assertThat(PrettyJson.text(json))
        .isEqualTo(
            """
            {
              "name": "checkout",
              "enabled": true,
              "shares": [
                0.5,
                null
              ],
              "empty": {
                "array": [],
                "object": {}
              }
            }\
            """);
  }
}
