package dev.guidon.sdk;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;

/** Documents that read as sentences. */
final class Docs {
  private Docs() {}

  /** A boolean flag for everybody. */
  static Json.Obj bool(String key, boolean served) {
    return bool(key, /* on= */ true, "[]", served ? "on" : "off");
  }

  static Json.Obj off(String key) {
    return bool(key, /* on= */ false, "[]", "on");
  }

  static Json.Obj bool(String key, boolean on, String rules, String served) {
    return json(
        """
        {"envelope":{"key":"%s","type":"boolean","on":%s,"variants":{"off":false,"on":true},"offVariant":"off"},
         "prerequisites":[],"targets":[],"rules":%s,"default":{"variant":"%s"},
         "salt":"%s","clientVisible":false,"metadata":{}}\
        """
            .formatted(key, on, rules, served, key));
  }

  /** On for one country, otherwise off. */
  static Json.Obj forCountry(String key, String country) {
    return bool(
        key,
        true,
        rule("\"if\":{\"attribute\":\"country\",\"op\":\"in\",\"values\":[\"" + country + "\"]}"),
        "off");
  }

  /** On with an operator that no engine has yet. */
  static Json.Obj fromTheFuture(String key) {
    return bool(
        key,
        true,
        rule("\"if\":{\"attribute\":\"country\",\"op\":\"soundsLike\",\"values\":[\"DE\"]}"),
        "off");
  }

  /** On from an instant on. */
  static Json.Obj scheduled(String key, String from) {
    return bool(key, true, rule("\"from\":\"" + from + "\""), "off");
  }

  private static String rule(String members) {
    return "[{\"id\":\"r1\"," + members + ",\"serve\":{\"variant\":\"on\"}}]";
  }

  /** Half and half. */
  static Json.Obj split(String key) {
    return bool(
        key,
        true,
        """
        [{"id":"half","serve":{"split":{"shares":[{"variant":"on","weight":50000},{"variant":"off","weight":50000}],
          "unit":"targetingKey"}}}]\
        """,
        "off");
  }

  static Json.Obj of(String key, String type, String variants, String served) {
    return json(
        """
        {"envelope":{"key":"%s","type":"%s","on":true,"variants":%s,"offVariant":null},
         "prerequisites":[],"targets":[],"rules":[],"default":{"variant":%s},
         "salt":"%s","clientVisible":false,"metadata":{}}\
        """
            .formatted(key, type, variants, served, key));
  }

  static Json.Obj json(String text) {
    return (Json.Obj) JsonReader.read(text, JsonLimits.DEFAULT);
  }
}
