package dev.guidon.control.rest;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The part of YAML 1.2 that means JSON: one document, no tags, no anchors and aliases, no key
 * twice, depth as in JSON. Plain scalars are null, true, false or numbers exactly where JSON has
 * them; all others are text.
 */
final class YamlReader {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  private final JsonLimits limits;
  private final Iterator<Event> events;

  private YamlReader(String text, JsonLimits limits) {
    this.limits = limits;
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(limits.maxBytes()).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /** Throws {@link IllegalArgumentException} with a place for anything else. */
  static Json read(String text, JsonLimits limits) {
    if (text.length() > limits.maxBytes()) {
      throw new IllegalArgumentException(
          "document: "
              + text.length()
              + " characters (expected: at most "
              + limits.maxBytes()
              + ")");
    }
    try {
      return new YamlReader(text, limits).document();
    } catch (YamlEngineException e) {
      // The parser's own text quotes the document; only its place is passed on.
      String place =
          e instanceof org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException marked
              ? marked
                  .getProblemMark()
                  .map(m -> " at line " + (m.getLine() + 1) + ", column " + (m.getColumn() + 1))
                  .orElse("")
              : "";
      throw new IllegalArgumentException("document: not well-formed YAML" + place, e);
    }
  }

  private Json document() {
    expect(Event.ID.StreamStart);
    Event first = events.next();
    if (first.getEventId() == Event.ID.StreamEnd) {
      return Json.NULL;
    }
    Json json = value(events.next(), 1);
    expect(Event.ID.DocumentEnd);
    expect(Event.ID.StreamEnd);
    return json;
  }

  private void expect(Event.ID id) {
    Event event = events.next();
    if (event.getEventId() != id) {
      throw refused(event, "one document", event.getEventId().name());
    }
  }

  private Json value(Event event, int depth) {
    if (depth > limits.maxDepth()) {
      throw refused(event, "depth of at most " + limits.maxDepth(), "deeper nesting");
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      throw refused(event, "values written out", "an anchor or alias");
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(event, scalar.getTag());
      return scalar(scalar);
    }
    if (event instanceof SequenceStartEvent sequence) {
      refuseTag(event, sequence.getTag());
      return sequence(depth);
    }
    if (event instanceof MappingStartEvent mapping) {
      refuseTag(event, mapping.getTag());
      return mapping(depth);
    }
    throw refused(event, "a value", event.getEventId().name());
  }

  private Json sequence(int depth) {
    List<Json> items = new ArrayList<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.SequenceEnd;
        next = events.next()) {
      if (items.size() == limits.maxChildren()) {
        throw refused(next, "at most " + limits.maxChildren() + " items", "more");
      }
      items.add(value(next, depth + 1));
    }
    return new Json.Arr(items);
  }

  private Json mapping(int depth) {
    Map<String, Json> members = new LinkedHashMap<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.MappingEnd;
        next = events.next()) {
      if (!(next instanceof ScalarEvent name) || name.getAnchor().isPresent()) {
        throw refused(next, "a name", "another kind of key");
      }
      requireWellFormed(next, name.getValue());
      if (members.size() == limits.maxChildren()) {
        throw refused(next, "at most " + limits.maxChildren() + " members", "more");
      }
      if (members.put(name.getValue(), value(events.next(), depth + 1)) != null) {
        throw refused(next, "each name once", "a name twice");
      }
    }
    return new Json.Obj(members);
  }

  private Json scalar(ScalarEvent scalar) {
    String text = scalar.getValue();
    requireWellFormed(scalar, text);
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return Json.of(text);
    }
    return switch (text) {
      case "", "~", "null" -> Json.NULL;
      case "true" -> Json.of(true);
      case "false" -> Json.of(false);
      default -> NUMBER.matcher(text).matches() ? number(scalar, text) : Json.of(text);
    };
  }

  /** An escape can name half of a pair, which no UTF-8 can hold. */
  private static void requireWellFormed(Event event, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw refused(event, "whole characters", "half of a surrogate pair");
    }
  }

  private Json number(ScalarEvent scalar, String text) {
    try {
      return JsonReader.read(text, limits);
    } catch (JsonException e) {
      throw refused(scalar, "a number that a double holds exactly", "another");
    }
  }

  private static void refuseTag(Event event, Optional<String> tag) {
    if (tag.isPresent()) {
      throw refused(event, "no tags", "a tag");
    }
  }

  private static IllegalArgumentException refused(Event event, String expected, String found) {
    String place =
        event
            .getStartMark()
            .map(m -> " at line " + (m.getLine() + 1) + ", column " + (m.getColumn() + 1))
            .orElse("");
    return new IllegalArgumentException(
        "document: " + found + place + " (expected: " + expected + ")");
  }
}
