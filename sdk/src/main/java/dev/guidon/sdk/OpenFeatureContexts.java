package dev.guidon.sdk;

import dev.guidon.engine.AttributeSource;
import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.model.AttributeRef;
import dev.guidon.model.json.Json;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenFeature's contexts and values as ours, and back. One of these is a context of theirs, read
 * where it lies: an evaluation that asks for one attribute looks that one up, and what lists and
 * structures hold is converted when a flag asks for it.
 */
final class OpenFeatureContexts implements AttributeSource {
  /**
   * A list inside itself never ends, and one that holds another twice, which holds a third twice,
   * ends only after everybody has gone.
   */
  private static final int DEPTH_MAX = 64;

  private static final int VALUES_MAX = 100_000;

  private final EvaluationContext context;
  private int valuesLeft = VALUES_MAX;
  private Map<String, Object> converted = Map.of();

  private OpenFeatureContexts(EvaluationContext context) {
    this.context = context;
  }

  /**
   * The same context, for one evaluation, as long as theirs does not change. Further kinds stand in
   * a structure named {@value Contexts#KINDS}. Values beyond the bounds are left out, so that rules
   * on them see them absent.
   */
  static Context context(@Nullable EvaluationContext context) {
    return context == null ? Context.EMPTY : Context.over(new OpenFeatureContexts(context));
  }

  @Override
  public @Nullable Object attribute(String name) {
    Value value = context.getValue(name);
    if (value == null) {
      return null;
    }
    if (value.isString()) {
      return value.asString();
    }
    if (!value.isList() && !value.isStructure()) {
      return value.asObject();
    }
    if (value.isStructure() && name.equals(Contexts.KINDS)) {
      return null;
    }
    // A rule after the other may ask for it, and each conversion counts against the bounds.
    Object known = converted.get(name);
    if (known == null) {
      known = plain(value, 0);
      remember(name, known);
    }
    return known;
  }

  @Override
  public @Nullable Context kind(String kind) {
    Value kinds = context.getValue(Contexts.KINDS);
    if (kinds == null || !kinds.isStructure() || kind.equals(AttributeRef.USER)) {
      return null;
    }
    String name = Contexts.KINDS + "/" + kind;
    if (converted.get(name) instanceof Context known) {
      return known;
    }
    Value one = kinds.asStructure().getValue(kind);
    if (one == null || !one.isStructure()) {
      return null;
    }
    Context made = kind(one.asStructure());
    remember(name, made);
    return made;
  }

  private void remember(String name, @Nullable Object value) {
    if (value != null) {
      if (converted.isEmpty()) {
        converted = new HashMap<>();
      }
      converted.put(name, value);
    }
  }

  private Context kind(Structure structure) {
    Context.Builder inner = Context.builder();
    put(structure, inner);
    return inner.build();
  }

  @Override
  public Context copy() {
    Context.Builder out = Context.builder();
    for (Map.Entry<String, Value> entry : context.asUnmodifiableMap().entrySet()) {
      String name = entry.getKey();
      Value value = entry.getValue();
      if (Contexts.KINDS.equals(name) && value != null && value.isStructure()) {
        putKinds(value.asStructure(), out);
      } else if (name != null) {
        out.put(name, plain(value, 0));
      }
    }
    return out.build();
  }

  private void putKinds(Structure kinds, Context.Builder out) {
    kinds
        .asUnmodifiableMap()
        .forEach((kind, value) -> {
          // A kind that cannot be one is left out: rules on it then see it absent.
          if (kind != null
              && value != null
              && value.isStructure()
              && !kind.equals(AttributeRef.USER)) {
            out.kind(kind, kind(value.asStructure()));
          }
        });
  }

  private void put(Structure structure, Context.Builder out) {
    structure
        .asUnmodifiableMap()
        .forEach((name, value) -> {
          if (name != null) {
            out.put(name, plain(value, 0));
          }
        });
  }

  private @Nullable Object plain(@Nullable Value value, int depth) {
    if (value == null || --valuesLeft < 0 || depth > DEPTH_MAX) {
      return null;
    }
    if (value.isList()) {
      return list(value.asList(), depth);
    }
    return value.isStructure() ? map(value.asStructure(), depth) : value.asObject();
  }

  private List<@Nullable Object> list(List<Value> values, int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    for (Value value : values) {
      if (valuesLeft <= 0) {
        break;
      }
      items.add(plain(value, depth + 1));
    }
    return items;
  }

  private Map<String, @Nullable Object> map(Structure structure, int depth) {
    Map<String, @Nullable Object> members = new HashMap<>();
    structure
        .asUnmodifiableMap()
        .forEach((name, value) -> {
          if (valuesLeft > 0) {
            members.put(name, plain(value, depth + 1));
          }
        });
    return members;
  }

  /** A structure as JSON, as far as JSON can hold it. */
  static Json json(Structure structure) {
    Context.Builder out = Context.builder();
    new OpenFeatureContexts(ImmutableContext.EMPTY).put(structure, out);
    return Contexts.toJson(out.build());
  }

  /**
   * For the few places that call into an application's own objects, which may throw whatever they
   * like. Only a virtual machine that is itself in trouble may say so, and a stack that a deep
   * value used up is not that.
   */
  static void rethrowIfFatal(Throwable e) {
    if (e instanceof VirtualMachineError trouble && !(e instanceof StackOverflowError)) {
      throw trouble;
    }
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
