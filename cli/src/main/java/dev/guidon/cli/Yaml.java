package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** YAML 1.2 as another spelling of JSON: what JSON cannot say is refused with its place. */
final class Yaml {
  private static final int BYTES_MAX = 64 << 20;
  private static final int LINE_CHARS = 100;

  /** A few anchors are handy, many are an attack: aliases of aliases grow without bound. */
  private static final int ALIASES_MAX = 50;

  private Yaml() {}

  /** Every document of a file; JSON files are YAML too. */
  static List<Json> readAll(String text, String place) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(place)
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(ALIASES_MAX)
            .setCodePointLimit(BYTES_MAX)
            .build();
    List<Json> documents = new ArrayList<>();
    try {
      for (Object document : new Load(settings).loadAllFromString(text)) {
        if (document != null) {
          documents.add(json(document, place, ""));
        }
      }
    } catch (MarkedYamlEngineException e) {
      throw unreadable(where(e, place) + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw unreadable(place + ": " + e.getMessage(), e);
    }
    return documents;
  }

  private static String where(MarkedYamlEngineException e, String place) {
    return e.getProblemMark()
        .map(mark -> place + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
        .orElse(place);
  }

  private static CliException unreadable(String message, Exception cause) {
    return new CliException(
        ExitCode.USAGE,
        "unreadable-document",
        message,
        "Mend the file; it must be YAML or JSON.",
        cause);
  }

  private static Json json(@Nullable Object value, String place, String pointer) {
    return switch (value) {
      case null -> Json.NULL;
      case String string -> Json.of(string);
      case Boolean bool -> Json.of(bool);
      case Integer whole -> Json.of((long) whole);
      case Long whole when Math.abs(whole) <= Json.Num.SAFE_INTEGER_MAX -> Json.of((long) whole);
      case Double number when Double.isFinite(number) -> Json.of((double) number);
      case Map<?, ?> map -> object(map, place, pointer);
      case List<?> list -> array(list, place, pointer);
      case Long whole -> throw notJson(whole, "a whole number within ±2^53", place, pointer);
      case BigInteger whole -> throw notJson(whole, "a whole number within ±2^53", place, pointer);
      case Double number -> throw notJson(number, "a finite number", place, pointer);
      default -> throw notJson(value, "a value that JSON has", place, pointer);
    };
  }

  private static Json object(Map<?, ?> map, String place, String pointer) {
    Map<String, Json> members = new LinkedHashMap<>();
    map.forEach((name, value) -> {
      if (!(name instanceof String text)) {
        throw notJson(name, "a name; put it in quotes", place, pointer);
      }
      members.put(text, json(value, place, pointer + "/" + text));
    });
    return new Json.Obj(members);
  }

  private static Json array(List<?> list, String place, String pointer) {
    List<Json> items = new ArrayList<>(list.size());
    for (Object item : list) {
      items.add(json(item, place, pointer + "/" + items.size()));
    }
    return new Json.Arr(items);
  }

  private static CliException notJson(
      @Nullable Object value, String expected, String place, String pointer) {
    return new CliException(
        ExitCode.USAGE,
        "unreadable-document",
        place
            + (pointer.isEmpty() ? "" : " at " + pointer)
            + ": "
            + value
            + " (expected: "
            + expected
            + ")",
        null);
  }

  /** One document in block style, ending with a line feed. */
  static String text(Json json) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setWidth(LINE_CHARS)
            .setSplitLines(false)
            .setDereferenceAliases(true)
            .build();
    return new Dump(settings).dumpToString(plain(json));
  }

  private static @Nullable Object plain(Json json) {
    return switch (json) {
      case Json.Null _ -> null;
      case Json.Str string -> string.value();
      case Json.Bool bool -> bool.value();
      case Json.Num number -> number.isSafeInteger() ? (Object) number.longValue() : number.value();
      case Json.Arr array -> {
        List<@Nullable Object> items = new ArrayList<>();
        array.items().forEach(item -> items.add(plain(item)));
        yield items;
      }
      case Json.Obj object -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        object.members().forEach((name, value) -> members.put(name, plain(value)));
        yield members;
      }
    };
  }
}
