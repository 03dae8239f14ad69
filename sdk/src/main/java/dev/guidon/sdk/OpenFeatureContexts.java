package dev.guidon.sdk;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.model.AttributeRef;
import dev.guidon.model.json.Json;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenFeature's contexts and values as ours, and back. */
final class OpenFeatureContexts {
  private OpenFeatureContexts() {}

  /** The same context. Further kinds stand in a structure named {@value Contexts#KINDS}. */
  static Context context(@Nullable EvaluationContext context) {
    if (context == null || context.isEmpty()) {
      return Context.EMPTY;
    }
    Context.Builder out = Context.builder();
    for (Map.Entry<String, Value> entry : context.asUnmodifiableMap().entrySet()) {
      Value value = entry.getValue();
      if (value != null && entry.getKey().equals(Contexts.KINDS) && value.isStructure()) {
        putKinds(value.asStructure(), out);
      } else {
        out.put(entry.getKey(), plain(value));
      }
    }
    return out.build();
  }

  private static void putKinds(Structure kinds, Context.Builder out) {
    kinds
        .asUnmodifiableMap()
        .forEach((kind, value) -> {
          // A kind that cannot be one is left out: rules on it then see it absent.
          if (value != null && value.isStructure() && !kind.equals(AttributeRef.USER)) {
            Context.Builder inner = Context.builder();
            value
                .asStructure()
                .asUnmodifiableMap()
                .forEach((name, member) -> inner.put(name, plain(member)));
            out.kind(kind, inner.build());
          }
        });
  }

  private static @Nullable Object plain(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (value.isList()) {
      return list(value.asList());
    }
    return value.isStructure() ? map(value.asStructure()) : value.asObject();
  }

  private static List<@Nullable Object> list(List<Value> values) {
    List<@Nullable Object> items = new ArrayList<>(values.size());
    for (Value value : values) {
      items.add(plain(value));
    }
    return items;
  }

  private static Map<String, @Nullable Object> map(Structure structure) {
    Map<String, @Nullable Object> members = new HashMap<>();
    structure.asUnmodifiableMap().forEach((name, value) -> members.put(name, plain(value)));
    return members;
  }

  /** A structure as JSON, as far as JSON can hold it. */
  static Json json(Structure structure) {
    Context.Builder out = Context.builder();
    structure.asUnmodifiableMap().forEach((name, value) -> out.put(name, plain(value)));
    return Contexts.toJson(out.build());
  }

  /** JSON as a value. Whole numbers within int become integers, as the other providers have it. */
  static Value value(Json json) {
    if (json instanceof Json.Obj obj) {
      Map<String, Value> members = new HashMap<>();
      obj.members().forEach((name, member) -> members.put(name, value(member)));
      return new Value(new dev.openfeature.sdk.ImmutableStructure(members));
    }
    if (json instanceof Json.Arr arr) {
      return new Value(arr.items().stream().map(OpenFeatureContexts::value).toList());
    }
    if (json instanceof Json.Str s) {
      return new Value(s.value());
    }
    if (json instanceof Json.Bool b) {
      return new Value(b.value());
    }
    return json instanceof Json.Num n ? number(n.value()) : new Value();
  }

  private static Value number(double value) {
    return value == (int) value ? new Value((int) value) : new Value(value);
  }
}
