package dev.guidon.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What editors complete is what the application reads. */
class MetadataTest {
  @Test
  void everyPropertyIsDescribedAndNoOther() throws IOException {
    List<String> read = new ArrayList<>(List.of("management.health.guidon.enabled"));
    collect("guidon.", GuidonProperties.class, read);
    List<String> described = new ArrayList<>();
    for (Json property :
        ((Json.Arr) Objects.requireNonNull(metadata().get("properties"))).items()) {
      Json.Obj one = (Json.Obj) property;
      described.add(((Json.Str) Objects.requireNonNull(one.get("name"))).value());
      assertThat(one.get("description")).isInstanceOf(Json.Str.class);
    }

    assertThat(described).containsExactlyInAnyOrderElementsOf(read);
  }

  private static void collect(String prefix, Class<?> type, List<String> into) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (component.getType().isRecord()) {
        collect(prefix + name + ".", component.getType(), into);
      } else {
        into.add(prefix + name);
      }
    }
  }

  private static Json.Obj metadata() throws IOException {
    try (InputStream in =
        MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return (Json.Obj) JsonReader.read(bytes, JsonLimits.DEFAULT);
    }
  }
}
