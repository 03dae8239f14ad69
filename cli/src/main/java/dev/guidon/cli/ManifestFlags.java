package dev.guidon.cli;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Flags as manifests of the OpenFeature CLI hold them: for code, not for decisions. */
record ManifestFlags(List<ManifestFlags.Flag> flags) {
  enum Type {
    BOOLEAN,
    STRING,
    INTEGER,
    FLOAT,
    OBJECT
  }

  /**
   * @param description empty when there is none
   */
  record Flag(String key, Type type, String description, Json defaultValue) {}

  ManifestFlags {
    flags = flags.stream().sorted(Comparator.comparing(Flag::key)).toList();
  }

  /** As a server answers: an array. */
  static ManifestFlags ofServer(Json answer) {
    List<Flag> flags = new ArrayList<>();
    for (Json.Obj flag : Members.objects(answer, "flags")) {
      flags.add(flag("the server", Members.text(flag, "key"), flag, "type"));
    }
    return new ManifestFlags(flags);
  }

  /** As the OpenFeature CLI keeps it: an object by key, see its flag-manifest schema. */
  static ManifestFlags ofFile(Path file) {
    Json json;
    try {
      json = JsonReader.read(Files.readAllBytes(file), JsonLimits.DEFAULT);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.FAILED, "unreadable-file", file + " cannot be read.", null, e);
    } catch (JsonException e) {
      throw CliException.usage(file + ": " + e.getMessage(), null);
    }
    if (!(Members.at(json, "flags") instanceof Json.Obj members)) {
      throw CliException.usage(
          file + ": no flags (expected: a manifest of the OpenFeature CLI)", null);
    }
    List<Flag> flags = new ArrayList<>();
    members
        .members()
        .forEach((key, flag) -> flags.add(flag(file.toString(), key, flag, "flagType")));
    return new ManifestFlags(flags);
  }

  private static Flag flag(String place, String key, Json flag, String typeMember) {
    String named = Members.text(flag, typeMember);
    Type type = type(named);
    Json value = Members.at(flag, "defaultValue");
    if (type == null || value == null || !admits(type, value)) {
      throw CliException.usage(
          place
              + ": flag \""
              + Table.clean(key)
              + "\": type "
              + Table.clean(named)
              + " with default value "
              + (value == null ? "absent" : Table.clean(DocumentDiff.shown(value)))
              + " (expected: boolean, string, integer, float or object, and a value of it)",
          null);
    }
    return new Flag(key, type, Members.text(flag, "description"), value);
  }

  private static @Nullable Type type(String name) {
    for (Type type : Type.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
        return type;
      }
    }
    return null;
  }

  private static boolean admits(Type type, Json value) {
    return switch (type) {
      case BOOLEAN -> value instanceof Json.Bool;
      case STRING -> value instanceof Json.Str;
      case INTEGER -> value instanceof Json.Num number && number.isSafeInteger();
      case FLOAT -> value instanceof Json.Num;
      case OBJECT -> value instanceof Json.Obj || value instanceof Json.Arr;
    };
  }
}
