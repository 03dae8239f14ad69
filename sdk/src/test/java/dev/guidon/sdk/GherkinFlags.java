package dev.guidon.sdk;

import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The flags of OpenFeature's test-flags.json as ours. Its CEL is read as far as it goes there:
 * {@code a && b ? 'x' : ''}, where a part is {@code name == 'text'}, {@code name == 1}, {@code name
 * > 1} or {@code !name}.
 */
final class GherkinFlags {
  private static final Pattern CHOICE = Pattern.compile("(.*)\\?\\s*'([^']+)'\\s*:\\s*''\\s*");
  private static final Pattern TEXT = Pattern.compile("(\\w+) == '([^']*)'");
  private static final Pattern NUMBER = Pattern.compile("(\\w+) (==|>) (\\d+)");
  private static final Pattern NOT = Pattern.compile("!(\\w+)");

  private GherkinFlags() {}

  static InMemoryFlags load(Path file) throws IOException {
    Json.Obj all = (Json.Obj) JsonReader.read(Files.readString(file), JsonLimits.DEFAULT);
    Map<EntityId, Json.Obj> documents = new LinkedHashMap<>();
    all.members()
        .forEach((key, flag) -> documents.put(EntityId.flag(key), document(key, (Json.Obj) flag)));
    // evaluation.feature wants it, and test-flags.json has it no more.
    documents.put(
        EntityId.flag("context-aware"),
        document(
            "context-aware",
            Docs.json(
                """
                {"variants":{"internal":"INTERNAL","external":"EXTERNAL"},"defaultVariant":"external",
                 "contextEvaluator":"fn == 'Sulisław' && ln == 'Świętopełk' && age == 29 && !customer ? 'internal' : ''"}\
                """)));
    return InMemoryFlags.none().putAll(documents);
  }

  private static Json.Obj document(String key, Json.Obj flag) {
    Json.Obj variants = (Json.Obj) flag.get("variants");
    Json served = flag.get("defaultVariant") == null ? Json.NULL : flag.get("defaultVariant");
    Json rules =
        flag.get("contextEvaluator") instanceof Json.Str cel ? rules(cel.value()) : Json.arr();
    Json metadata = flag.get("flagMetadata") instanceof Json.Obj own ? own : Json.Obj.of();
    Json first = variants.members().values().iterator().next();
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", key)
            .put("type", first.typeName())
            .put("on", !flag.has("disabled"))
            .put("variants", variants)
            .put("offVariant", Json.NULL)
            .build();
    return Json.Obj.builder()
        .put("envelope", envelope)
        .put("prerequisites", Json.arr())
        .put("targets", Json.arr())
        .put("rules", rules)
        .put("default", Json.Obj.of("variant", served))
        .put("salt", key)
        .put("clientVisible", false)
        .put("metadata", metadata)
        .build();
  }

  private static Json rules(String cel) {
    Matcher choice = CHOICE.matcher(cel);
    if (!choice.matches()) {
      throw new IllegalArgumentException(
          "CEL: " + cel + " (expected: a condition and one variant)");
    }
    List<Json> parts = new ArrayList<>();
    Pattern.compile("&&")
        .splitAsStream(choice.group(1))
        .forEach(part -> parts.add(test(part.trim())));
    return Json.arr(
        Json.Obj.of(
            "id", Json.of("cel"),
            "if", Json.Obj.of("all", new Json.Arr(parts)),
            "serve", Json.Obj.of("variant", Json.of(choice.group(2)))));
  }

  private static Json test(String part) {
    Matcher text = TEXT.matcher(part);
    if (text.matches()) {
      return test(text.group(1), "in", Json.of(text.group(2)));
    }
    Matcher number = NUMBER.matcher(part);
    if (number.matches()) {
      return test(
          number.group(1),
          number.group(2).equals(">") ? "gt" : "in",
          Json.of(Long.parseLong(number.group(3))));
    }
    Matcher not = NOT.matcher(part);
    if (not.matches()) {
      return test(not.group(1), "in", Json.of(false));
    }
    throw new IllegalArgumentException("CEL: " + part + " (expected: a comparison or a negation)");
  }

  private static Json test(String attribute, String op, Json value) {
    return Json.Obj.of(
        "attribute", Json.of(attribute), "op", Json.of(op), "values", Json.arr(value));
  }
}
