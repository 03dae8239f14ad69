package dev.guidon.cli;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.util.List;

/** Reads values that stand in arguments and in the files that arguments name. */
final class Arguments {
  private static final int WHOLE = 100_000;
  private static final int WEIGHT_OF_ONE_PERCENT = WHOLE / 100;

  private Arguments() {}

  /** JSON as given; {@code @file} and {@code -} read it from there. */
  static Json json(CliEnvironment env, String option, String text) {
    if (text.equals("-")) {
      return document(
          DocumentFiles.text("standard input", DocumentFiles.bytesOfStdin(env)), "standard input");
    }
    if (text.startsWith("@")) {
      return fileDocument(env, text.substring(1));
    }
    try {
      return JsonReader.read(text, JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new CliException(
          ExitCode.USAGE,
          "usage",
          option + ": " + e.getMessage(),
          "Quote JSON for the shell: '{\"targetingKey\":\"u1\"}'; @FILE reads it from a file.",
          e);
    }
  }

  static Json.Obj object(CliEnvironment env, String option, String text) {
    if (json(env, option, text) instanceof Json.Obj object) {
      return object;
    }
    throw CliException.usage(
        option + ": expected a JSON object such as {\"targetingKey\":\"u1\"}", null);
  }

  /** A value: JSON where it is JSON, else a string, so that {@code red} needs no quotes. */
  static Json value(String text) {
    try {
      return JsonReader.read(text, JsonLimits.DEFAULT);
    } catch (JsonException e) {
      return Json.of(text);
    }
  }

  private static Json fileDocument(CliEnvironment env, String name) {
    try {
      return document(DocumentFiles.text(name, Files.readAllBytes(env.file(name))), name);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read", e);
    }
  }

  private static Json document(String text, String place) {
    List<Json> documents = Yaml.readAll(text, place);
    if (documents.size() != 1) {
      throw CliException.usage(
          place + ": " + documents.size() + " documents (expected: one)", null);
    }
    return documents.getFirst();
  }

  /** The one entity of a kind in a file, whose key must be the one that was named. */
  static Json.Obj entity(CliEnvironment env, String file, EntityDoc.Kind kind, String key) {
    if (!file.equals("-")) {
      Json bare = fileDocument(env, file);
      if (key.equals(kind.keyOf(bare)) && bare instanceof Json.Obj doc) {
        return doc;
      }
    }
    List<EntityDoc> documents = DocumentFiles.read(env, List.of(file));
    for (EntityDoc document : documents) {
      if (document.kind() == kind && document.key().equals(key)) {
        return document.doc();
      }
    }
    throw CliException.usage(
        file
            + ": "
            + documents.stream().map(EntityDoc::id).toList()
            + " (expected: "
            + kind.one()
            + " "
            + key
            + ")",
        "See guidon help documents.");
  }

  /** {@code NAME=VALUE}, split at the first sign. */
  record Pair(String name, String value) {
    static Pair of(String option, String text) {
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw CliException.usage(
            option + ": \"" + Table.clean(text) + "\" (expected: NAME=VALUE)", null);
      }
      return new Pair(text.substring(0, equals), text.substring(equals + 1));
    }
  }

  /**
   * A percentage as a weight of 100,000: three digits after the point are exact, more are refused.
   */
  static int weight(String option, String percent) {
    String digits =
        percent.endsWith("%") ? percent.substring(0, percent.length() - 1).strip() : percent;
    if (digits.matches("\\d{1,3}(\\.\\d{1,3}0*)?")) {
      int weight =
          new BigDecimal(digits)
              .multiply(BigDecimal.valueOf(WEIGHT_OF_ONE_PERCENT))
              .setScale(0, RoundingMode.UNNECESSARY)
              .intValueExact();
      if (weight <= WHOLE) {
        return weight;
      }
    }
    throw CliException.usage(
        option
            + ": \""
            + Table.clean(percent)
            + "\" (expected: 0 to 100, at most three digits after the point)",
        null);
  }
}
