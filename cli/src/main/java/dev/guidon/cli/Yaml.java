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

  /** As deep as the server reads; what holds itself has no depth at all. */
  private static final int DEPTH_MAX = 64;

  /** A list of a million keys fits; a few aliases of aliases could still be many more. */
  private static final int VALUES_MAX = 4_000_000;

  private final String place;
  private int values;

  private Yaml(String place) {
    this.place = place;
  }

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
          documents.add(new Yaml(place).json(document, "", 0));
        }
      }
    } catch (MarkedYamlEngineException e) {
      throw unreadable(where(e, place) + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw unreadable(place + ": " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      // The library recurses into nested brackets without a bound of its own.
      throw unreadable(place + ": nested too deeply (expected: at most " + DEPTH_MAX + ")", e);
    }
    return documents;
  }

  private static String where(MarkedYamlEngineException e, String place) {
    return e.getProblemMark()
        .map(mark -> place + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
        .orElse(place);
  }

  private static CliException unreadable(String message, Throwable cause) {
    return new CliException(
        ExitCode.USAGE,
        "unreadable-document",
        message,
        "Mend the file; it must be YAML or JSON.",
        cause);
  }

  private Json json(@Nullable Object value, String pointer, int depth) {
    if (depth > DEPTH_MAX) {
      throw notJson("depth " + depth, "at most " + DEPTH_MAX, pointer);
    }
    if (++values > VALUES_MAX) {
      throw notJson("aliases unfolded", "at most " + VALUES_MAX + " values", pointer);
    }
    return switch (value) {
      case null -> Json.NULL;
      case String string -> Json.of(string);
      case Boolean bool -> Json.of(bool);
      case Integer whole -> Json.of((long) whole);
      case Long whole when Math.abs(whole) <= Json.Num.SAFE_INTEGER_MAX -> Json.of((long) whole);
      case Double number when Double.isFinite(number) -> Json.of((double) number);
      case Map<?, ?> map -> object(map, pointer, depth);
      case List<?> list -> array(list, pointer, depth);
      case Long whole -> throw notJson(whole, "a whole number within ±2^53", pointer);
      case BigInteger whole -> throw notJson(whole, "a whole number within ±2^53", pointer);
      case Double number -> throw notJson(number, "a finite number", pointer);
      default -> throw notJson(value.getClass().getSimpleName(), "a value that JSON has", pointer);
    };
  }

  private Json object(Map<?, ?> map, String pointer, int depth) {
    Map<String, Json> members = new LinkedHashMap<>();
    map.forEach((name, value) -> {
      if (!(name instanceof String text)) {
        throw notJson(name, "a name; put it in quotes", pointer);
      }
      members.put(text, json(value, pointer + "/" + text, depth + 1));
    });
    return new Json.Obj(members);
  }

  private Json array(List<?> list, String pointer, int depth) {
    List<Json> items = new ArrayList<>(list.size());
    for (Object item : list) {
      items.add(json(item, pointer + "/" + items.size(), depth + 1));
    }
    return new Json.Arr(items);
  }

  private CliException notJson(@Nullable Object value, String expected, String pointer) {
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
