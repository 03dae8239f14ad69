package dev.guidon.benchmarks.rivals;

import dev.guidon.benchmarks.eval.Answers;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Documents in other people's formats. */
final class Docs {
  /** The scenarios with flags of their own. */
  static final List<Scenario> FLAGS =
      List.of(Scenario.S1, Scenario.S2, Scenario.S3, Scenario.S4, Scenario.S4V, Scenario.S5);

  private Docs() {}

  /** Names and values in turn; a value is a text, number, boolean, list, map or {@link Json}. */
  static Json obj(Object... pairs) {
    Json.Obj.Builder builder = Json.Obj.builder();
    for (int i = 0; i < pairs.length; i += 2) {
      builder.put((String) pairs[i], json(pairs[i + 1]));
    }
    return builder.build();
  }

  static Json arr(Object... items) {
    return json(List.of(items));
  }

  static Json json(Object value) {
    return switch (value) {
      case Json json -> json;
      case String text -> Json.of(text);
      case Integer number -> Json.of(number.longValue());
      case Long number -> Json.of(number);
      case Double number -> Json.of(number);
      case Boolean bool -> Json.of(bool);
      case List<?> list -> {
        List<Json> items = new ArrayList<>();
        list.forEach(item -> items.add(json(item)));
        yield new Json.Arr(items);
      }
      case Map<?, ?> map -> {
        Map<String, Json> members = new TreeMap<>();
        map.forEach((name, item) -> members.put((String) name, json(item)));
        yield new Json.Obj(members);
      }
      default -> throw new IllegalArgumentException(value.getClass() + " (expected: a JSON value)");
    };
  }

  /** A document per number. */
  static List<Json> each(int count, IntFunction<Json> document) {
    List<Json> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(document.apply(i));
    }
    return all;
  }

  /** Flag by key. */
  static Json byKey(Function<Scenario, Json> document) {
    Map<String, Json> members = new TreeMap<>();
    FLAGS.forEach(scenario -> members.put(scenario.flag(), document.apply(scenario)));
    return new Json.Obj(members);
  }

  static List<Json> list(Function<Scenario, Json> document) {
    return FLAGS.stream().map(document).toList();
  }

  static Path file(Json document, String name) throws IOException {
    Path folder = Files.createTempDirectory("guidon-rival");
    folder.toFile().deleteOnExit();
    Path file = Files.writeString(folder.resolve(name), CanonicalJson.text(document));
    file.toFile().deleteOnExit();
    return file;
  }

  /** A rival's own contexts for everybody. */
  static <C> C[] contexts(Scenario scenario, Function<User, C> context, IntFunction<C[]> array) {
    return Answers.everybody(scenario).stream().map(context).toArray(array);
  }

  static User[] users(Scenario scenario) {
    return Answers.everybody(scenario).toArray(User[]::new);
  }
}
