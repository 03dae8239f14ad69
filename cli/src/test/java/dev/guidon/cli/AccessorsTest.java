package dev.guidon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and text of generated accessors. That they compile and evaluate is shown in server. */
final class AccessorsTest {
  private static final String HARD =
      """
      {"flags":[
        {"key":"new-checkout.v2","type":"boolean","defaultValue":true,"description":"Ends */ \\\\u002a/ {@code x} <b>"},
        {"key":"class","type":"string","defaultValue":"a\\"b\\\\c\\n\\u2028"},
        {"key":"7 days","type":"integer","defaultValue":7},
        {"key":"large","type":"integer","defaultValue":9007199254740991},
        {"key":"price","type":"float","defaultValue":2},
        {"key":"members","type":"object","defaultValue":{"a":[null,1,"x"],"__proto__":{}}}]}
      """;

  @TempDir Path folder;

  private static ManifestFlags flags(String text) {
    return ManifestFlags.ofServer(JsonReader.read(text, JsonLimits.DEFAULT));
  }

  @Test
  void javaIsAsTheGoldenFileHasIt() {
    Golden.check("generated-java", JavaAccessors.text(flags(HARD), "shop.flags", "Flags"));
  }

  @Test
  void typeScriptIsAsTheGoldenFilesHaveIt() {
    Golden.check("generated-typescript", TypeScriptAccessors.text(flags(HARD), "Flags", false));
    Golden.check("generated-typescript-web", TypeScriptAccessors.text(flags(HARD), "Flags", true));
  }

  @Test
  void orderOfFlagsChangesNothing() {
    String one = "{\"key\":\"a\",\"type\":\"boolean\",\"defaultValue\":true}";
    String other = "{\"key\":\"b\",\"type\":\"boolean\",\"defaultValue\":true}";

    assertThat(JavaAccessors.text(flags("{\"flags\":[" + one + "," + other + "]}"), "", "Flags"))
        .isEqualTo(
            JavaAccessors.text(flags("{\"flags\":[" + other + "," + one + "]}"), "", "Flags"));
  }

  @Test
  void twoKeysWithOneNameAreRefused() {
    for (String keys : new String[] {"a-b a.b", "a-details a", "ü ö"}) {
      String[] pair = keys.split(" ", 2);
      String text =
          "{\"flags\":[{\"key\":\"%s\",\"type\":\"boolean\",\"defaultValue\":true},{\"key\":\"%s\",\"type\":\"boolean\",\"defaultValue\":true}]}"
              .formatted(pair[0], pair[1]);

      assertThatThrownBy(() -> JavaAccessors.text(flags(text), "", "Flags"))
          .as(keys)
          .hasMessageContaining("flag \"");
    }
  }

  @Test
  void manifestOfTheOpenFeatureCliIsReadFromAFile() throws IOException {
    Path file = folder.resolve("manifest.json");
    Files.writeString(file, "{\"flags\":{\"a\":{\"flagType\":\"float\",\"defaultValue\":0.15}}}");

    ManifestFlags.Flag only = ManifestFlags.ofFile(file).flags().getFirst();

    assertThat(only.type()).isEqualTo(ManifestFlags.Type.FLOAT);
    assertThat(only.defaultValue()).isEqualTo(Json.of(0.15));
  }

  @Test
  void defaultValueOfAnotherTypeIsRefused() throws IOException {
    Path file = folder.resolve("manifest.json");
    Files.writeString(file, "{\"flags\":{\"a\":{\"flagType\":\"integer\",\"defaultValue\":0.15}}}");

    assertThatThrownBy(() -> ManifestFlags.ofFile(file)).hasMessageContaining("flag \"a\"");
  }
}
