package dev.guidon.conformance;

import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A suite while it is being written. JSON is written with single quotes. */
final class Draft {
  static final String NOW = "2027-01-15T08:00:00Z";
  static final String BY_HAND = "by hand, from docs/reference/evaluation.md";
  static final String ON = "{'value':true,'variant':'on','reason':'TARGETING_MATCH','ruleId':'r'}";
  static final String OFF = "{'value':false,'variant':'off','reason':'DEFAULT'}";

  final String name;
  private final String source;
  private final String about;
  String region = "local";
  private final Map<String, Json> flags = new LinkedHashMap<>();
  private final Map<String, Json> segments = new LinkedHashMap<>();
  private final Map<String, Json> layers = new LinkedHashMap<>();
  private final Map<String, Json> blobs = new LinkedHashMap<>();
  private @Nullable Draft earlier;
  private final List<Json.Obj> cases = new ArrayList<>();
  private int tables;

  Draft(String name, String source, String about) {
    this.name = name;
    this.source = source;
    this.about = about;
  }

  static Json json(String text) {
    return JsonReader.read(
        text.replace('\'', '"'),
        JsonLimits.DEFAULT.withLargeWholeNumbers(true).withMaxDepth(512).withMaxBytes(32 << 20));
  }

  // The scene.

  Draft earlier() {
    if (earlier == null) {
      earlier = new Draft(name, source, about);
    }
    return earlier;
  }

  Draft put(String key, String document) {
    flags.put(key, json(document));
    return this;
  }

  Draft put(String key, Json document) {
    flags.put(key, document);
    return this;
  }

  /** A boolean flag that is on, with variants on and off, its default off unless said otherwise. */
  Draft flag(String key, String more) {
    return put(key, document(key, true, more));
  }

  Draft offFlag(String key, String more) {
    return put(key, document(key, false, more));
  }

  /** A flag that serves on where the condition holds, else off. */
  Draft when(String key, String condition) {
    return flag(key, "'rules':[{'id':'r','if':" + condition + ",'serve':{'variant':'on'}}]");
  }

  static String document(String key, boolean on, String more) {
    return "{'envelope':{'key':'"
        + key
        + "','type':'boolean','on':"
        + on
        + ",'variants':{'on':true,'off':false},'offVariant':'off'}"
        + (more.isEmpty() ? "" : ",")
        + more
        + (more.contains("'default'") ? "" : ",'default':{'variant':'off'}")
        + "}";
  }

  Draft segment(String key, String more) {
    segments.put(key, json("{'key':'" + key + "'," + more + "}"));
    return this;
  }

  Draft layer(String key, String more) {
    layers.put(key, json("{'key':'" + key + "'," + more + "}"));
    return this;
  }

  void segmentDocument(String key, Json document) {
    segments.put(key, document);
  }

  void layerDocument(String key, Json document) {
    layers.put(key, document);
  }

  /** Stores keys in so many chunks; what a document says of them. */
  String stored(List<String> keys, int chunks) {
    List<String> hashes = new ArrayList<>();
    for (byte[] bytes : KeyChunks.split(keys, chunks)) {
      hashes.add("'" + blob(bytes) + "'");
    }
    return "{'count':" + keys.size() + ",'chunks':[" + String.join(",", hashes) + "]}";
  }

  String blob(byte[] bytes) {
    String hash = Hash.of(bytes).hex();
    blobs.put(hash, JsonReader.read(bytes, JsonLimits.DEFAULT));
    return hash;
  }

  // The cases.

  Draft ask(String flag, String context, String expect) {
    return ask(flag, json(context), json(expect), "");
  }

  /**
   * @param more other members, such as {@code 'now':…}
   */
  Draft ask(String flag, String context, String expect, String more) {
    return ask(flag, json(context), json(expect), more);
  }

  Draft ask(String flag, Json context, Json expect, String more) {
    Json.Obj.Builder one = Json.Obj.builder().put("flag", flag);
    ((Json.Obj) json("{" + more + "}")).members().forEach(one::put);
    cases.add(one.put("context", context).put("expect", expect).build());
    return this;
  }

  /**
   * Asks one test with attribute {@code a} of each of these values, and its negation.
   *
   * @param test the test's members without its attribute
   */
  Draft table(String test, String passing, String failing) {
    String key = "t" + ++tables;
    when(key, "{'attribute':'a'," + test + "}");
    when(key + "n", "{'attribute':'a'," + test + ",'negate':true}");
    askAll(key, passing, ON, OFF);
    askAll(key, failing, OFF, ON);
    return this;
  }

  private void askAll(String key, String values, String plain, String negated) {
    for (Json value : ((Json.Arr) json(values)).items()) {
      Json context = Json.Obj.builder().put("a", value).build();
      ask(key, context, json(plain), "");
      ask(key + "n", context, json(negated), "");
    }
  }

  /** Puts another answer in the place of a case's. */
  void expect(int number, Answer answer) {
    cases.set(number, cases.get(number).with("expect", answer.toJson()));
  }

  // The file.

  String text() {
    StringBuilder out = new StringBuilder("{\"suite\":").append(quoted(name));
    out.append(",\n\"source\":").append(quoted(source));
    out.append(",\n\"about\":").append(quoted(about));
    out.append(",\n\"now\":").append(quoted(NOW));
    out.append(",\n\"scene\":").append(scene());
    out.append(",\n\"cases\":[\n");
    for (int i = 0; i < cases.size(); i++) {
      out.append(CanonicalJson.text(cases.get(i))).append(i + 1 < cases.size() ? ",\n" : "\n");
    }
    return out.append("]}\n").toString();
  }

  private String scene() {
    StringBuilder out = new StringBuilder("{\"region\":").append(quoted(region));
    part(out, "flags", flags);
    part(out, "segments", segments);
    part(out, "layers", layers);
    part(out, "blobs", blobs);
    if (earlier != null) {
      out.append(",\n\"earlier\":").append(earlier.scene());
    }
    return out.append("}").toString();
  }

  private static void part(StringBuilder out, String name, Map<String, Json> documents) {
    if (!documents.isEmpty()) {
      out.append(",\n").append(quoted(name)).append(":{");
      String separator = "\n";
      for (Map.Entry<String, Json> document : documents.entrySet()) {
        out.append(separator).append(quoted(document.getKey())).append(':');
        out.append(CanonicalJson.text(document.getValue()));
        separator = ",\n";
      }
      out.append("}");
    }
  }

  private static String quoted(String text) {
    return CanonicalJson.text(Json.of(text));
  }
}
