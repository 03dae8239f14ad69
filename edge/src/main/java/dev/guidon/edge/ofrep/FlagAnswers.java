package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.guidon.engine.ErrorCode;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.Envelope;
import dev.guidon.model.ValueType;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A ruleset with the bytes of its answers, each written once. Immutable but for that memory; any
 * thread.
 *
 * <h2>Whole numbers</h2>
 *
 * The protocol carries no type, and the Java client accepts {@code 10} only where an int is asked
 * for and {@code 10.0} only where a double is. A flag's variants tell which is meant: if all of
 * them are whole and fit an int, they are written as integers, else every one of them with a
 * fraction.
 */
public final class FlagAnswers {
  /**
   * Outcomes are made when a ruleset is compiled, so this bound is never met; it is there because
   * memory is finite.
   */
  private static final int ANSWERS_MAX = 200_000;

  private final Ruleset ruleset;
  private final String region;
  private final long round;
  private final List<String> allKeys;
  private final List<String> clientKeys;
  private final Set<String> allVisible;
  private final Set<String> clientVisible;
  private final Map<Outcome, OfrepAnswer> clientAnswers = new ConcurrentHashMap<>();
  private final Map<Outcome, OfrepAnswer> serverAnswers = new ConcurrentHashMap<>();

  public FlagAnswers(Ruleset ruleset, String region) {
    this(ruleset, region, /* round= */ 0);
  }

  /**
   * @param round differs between rulesets of one position that answer differently
   */
  public FlagAnswers(Ruleset ruleset, String region, long round) {
    this.ruleset = ruleset;
    this.region = region;
    this.round = round;
    this.allKeys = ruleset.flagKeys().stream().sorted().toList();
    this.clientKeys = allKeys.stream().filter(ruleset::isClientVisible).toList();
    this.allVisible = new HashSet<>(allKeys);
    this.clientVisible = new HashSet<>(clientKeys);
  }

  public Ruleset ruleset() {
    return ruleset;
  }

  public long round() {
    return round;
  }

  List<String> keys(Ofrep.Reader reader) {
    return reader == Ofrep.Reader.CLIENT ? clientKeys : allKeys;
  }

  String version() {
    return ruleset.position().era() + "." + ruleset.position().revision();
  }

  /** The present state's tag for refetch signals. */
  public ConfigTag configTag(long nowMicros) {
    return new ConfigTag(ruleset.position(), ruleset.epoch(nowMicros));
  }

  String etag(
      Ofrep.Reader reader, String contextText, long nowMicros, long ageMicros, String salt) {
    long tooStale =
        keys(reader).stream().filter(key -> ruleset.tooStale(key, ageMicros) != null).count();
    return Etags.of(
        ruleset.position().text(),
        Long.toString(ruleset.epoch(nowMicros)),
        region,
        reader.name(),
        contextText,
        Long.toString(tooStale),
        Long.toString(round),
        salt);
  }

  /**
   * The key of the flag that a path names, or {@code null} when there is none that this reader may
   * see.
   */
  @Nullable String visibleKey(String pathKey, Ofrep.Reader reader) {
    if (isVisible(pathKey, reader)) {
      return pathKey;
    }
    String trimmed = pathKey.endsWith("/") ? pathKey.substring(0, pathKey.length() - 1) : pathKey;
    return isVisible(trimmed, reader) ? trimmed : null;
  }

  private boolean isVisible(String key, Ofrep.Reader reader) {
    return (reader == Ofrep.Reader.CLIENT ? clientVisible : allVisible).contains(key);
  }

  /** What is said of an outcome: written once, the same object from then on. */
  OfrepAnswer answer(String key, Outcome outcome, Ofrep.Reader reader) {
    Map<Outcome, OfrepAnswer> answers =
        reader == Ofrep.Reader.CLIENT ? clientAnswers : serverAnswers;
    OfrepAnswer known = answers.get(outcome);
    if (known != null) {
      return known;
    }
    ErrorCode error = outcome.error();
    String text = error == null ? success(key, outcome, reader) : failure(key, outcome, reader);
    OfrepAnswer answer =
        new OfrepAnswer(
            error == null ? 200 : status(error), text.getBytes(UTF_8), /* etag= */ null);
    if (answers.size() < ANSWERS_MAX) {
      answers.put(outcome, answer);
    }
    return answer;
  }

  private static int status(ErrorCode error) {
    return switch (error) {
      case FLAG_NOT_FOUND -> 404;
      case PARSE_ERROR, TARGETING_KEY_MISSING, INVALID_CONTEXT, TYPE_MISMATCH -> 400;
      case PROVIDER_NOT_READY -> 503;
      case GENERAL -> 500;
    };
  }

  private static String failure(String key, Outcome outcome, Ofrep.Reader reader) {
    ErrorCode error = java.util.Objects.requireNonNull(outcome.error());
    String code =
        switch (error) {
          case FLAG_NOT_FOUND, PARSE_ERROR, TARGETING_KEY_MISSING, INVALID_CONTEXT, GENERAL ->
              error.name();
          case PROVIDER_NOT_READY, TYPE_MISMATCH -> "GENERAL"; // The protocol has no word for them.
        };
    String general =
        switch (error) {
          case FLAG_NOT_FOUND -> "no flag has this key";
          case TARGETING_KEY_MISSING ->
              "the context lacks the key by which this flag's units are told apart";
          case PARSE_ERROR -> "this server cannot read the flag; the caller's default applies";
          case INVALID_CONTEXT -> "the context does not fit this flag";
          case PROVIDER_NOT_READY, TYPE_MISMATCH, GENERAL -> "the flag cannot be evaluated";
        };
    // What the evaluator has to say may name rules and attributes: not for clients.
    String detail = reader == Ofrep.Reader.SERVER ? outcome.detail() : null;
    var out = new StringBuilder(160);
    OfrepAnswer.writeError(key, code, detail == null ? general : general + ": " + detail, out);
    return out.toString();
  }

  private String success(String key, Outcome outcome, Ofrep.Reader reader) {
    var out = new StringBuilder(160).append("{\"key\":");
    CanonicalJson.write(Json.of(key), out);
    out.append(",\"reason\":\"").append(outcome.reason().name()).append('"');
    Json value = outcome.value();
    if (value != null) {
      out.append(",\"value\":");
      writeValue(key, value, out);
      String variant = outcome.variant();
      if (variant != null) {
        out.append(",\"variant\":");
        CanonicalJson.write(Json.of(variant), out);
      }
    }
    out.append(",\"metadata\":");
    CanonicalJson.write(metadata(outcome, reader), out);
    return out.append('}').toString();
  }

  private void writeValue(String key, Json value, StringBuilder out) {
    int start = out.length();
    CanonicalJson.write(value, out);
    if (value instanceof Json.Num && !hasWholeVariantsOnly(key) && isWholeText(out, start)) {
      out.append(".0");
    }
  }

  private static boolean isWholeText(StringBuilder out, int start) {
    for (int i = start; i < out.length(); i++) {
      if (out.charAt(i) == '.' || out.charAt(i) == 'e') {
        return false;
      }
    }
    return true;
  }

  private boolean hasWholeVariantsOnly(String key) {
    Envelope envelope = ruleset.envelope(key);
    return envelope != null
        && envelope.type() == ValueType.NUMBER
        && envelope.variants().values().stream().allMatch(FlagAnswers::fitsInt);
  }

  private static boolean fitsInt(Json value) {
    return value instanceof Json.Num n && n.value() == (int) n.value();
  }

  /**
   * The flag's own metadata, which its authors wrote for applications; for servers also what
   * decided.
   */
  private static Json.Obj metadata(Outcome outcome, Ofrep.Reader reader) {
    var metadata = new Json.Obj(outcome.metadata());
    if (reader == Ofrep.Reader.CLIENT) {
      return metadata;
    }
    metadata = metadata.with("flagVersion", Json.of(outcome.flagVersion()));
    String ruleId = outcome.ruleId();
    return ruleId == null ? metadata : metadata.with("ruleId", Json.of(ruleId));
  }
}
