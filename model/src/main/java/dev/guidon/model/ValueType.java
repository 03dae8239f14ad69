package dev.guidon.model;

import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The type of a flag's variants, fixed for life in the catalog. Numbers are IEEE doubles; whole
 * ones serve integers.
 */
public enum ValueType {
  BOOLEAN("boolean"),
  STRING("string"),
  NUMBER("number"),
  OBJECT("object");

  private final String text;

  ValueType(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public static @Nullable ValueType named(String text) {
    for (ValueType type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    return null;
  }

  /** Whether a value may be a variant of this type. Objects and arrays are both of type object. */
  public boolean admits(Json value) {
    return switch (this) {
      case BOOLEAN -> value instanceof Json.Bool;
      case STRING -> value instanceof Json.Str;
      case NUMBER -> value instanceof Json.Num;
      case OBJECT -> value instanceof Json.Obj || value instanceof Json.Arr;
    };
  }
}
