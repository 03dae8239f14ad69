package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.model.AttributeRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the context of a request straight from its bytes. It knows the plain cases only and
 * declines the rest, errors among them, which {@link OfrepRequest#read} then reads or explains: so
 * there is one place that says what is wrong with a body, and what this reader accepts the other
 * one reads alike.
 *
 * <p>Declined are escapes in texts, contexts of other kinds, deep nesting, long lists and numbers
 * beyond a double.
 */
public final class ContextReader {
  private static final int DEPTH_MAX = 8;
  private static final int CHILDREN_MAX = 64;

  /** Up to so many digits a decimal is one correctly rounded division. */
  private static final int EXACT_DIGITS_MAX = 15;

  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private static final int END = -1;

  /** Without a stack: nobody asks where. */
  private static final class Declined extends RuntimeException {
    private static final long serialVersionUID = 1;

    Declined() {
      super("not a plain context", null, /* enableSuppression= */ false, /* writable= */ false);
    }
  }

  private final byte[] bytes;
  private int at;

  private ContextReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The context, or {@code null} for what is not plain. Never throws. */
  public static @Nullable Context read(byte[] body) {
    if (body.length > OfrepRequest.BODY_BYTES_MAX) {
      return null;
    }
    try {
      return new ContextReader(body).request();
    } catch (Declined _) {
      return null;
    }
  }

  private Context request() {
    expect('{');
    Context context = Context.EMPTY;
    var names = new Names();
    if (next() != '}') {
      do {
        String name = name(names);
        if (name.equals("context")) {
          context = next() == 'n' ? nothing() : context();
        } else {
          var _ = value(1);
        }
      } while (more('}', names.count));
    }
    at++;
    if (next() != END) {
      throw new Declined();
    }
    return context;
  }

  private Context nothing() {
    var _ = literal("null", true);
    return Context.EMPTY;
  }

  private Context context() {
    expect('{');
    Context.Builder context = Context.builder();
    var names = new Names();
    if (next() != '}') {
      do {
        String name = name(names);
        int first = next();
        if (name.equals(Contexts.KINDS)
            || first != '"' && first != 'n' && name.equals(AttributeRef.TARGETING_KEY)) {
          throw new Declined();
        }
        context.put(name, value(2));
      } while (more('}', names.count));
    }
    at++;
    return context.build();
  }

  /** The names of one object, which must differ. */
  private static final class Names {
    private String[] names = new String[8];
    private int count;

    void add(String name) {
      if (count == CHILDREN_MAX) {
        throw new Declined();
      }
      for (int i = 0; i < count; i++) {
        if (names[i].equals(name)) {
          throw new Declined();
        }
      }
      if (count == names.length) {
        names = Arrays.copyOf(names, 2 * count);
      }
      names[count++] = name;
    }
  }

  private String name(Names names) {
    expect('"');
    String name = text();
    names.add(name);
    expect(':');
    return name;
  }

  private @Nullable Object value(int depth) {
    return switch (next()) {
      case '"' -> {
        at++;
        yield text();
      }
      case 't' -> literal("true", Boolean.TRUE);
      case 'f' -> literal("false", Boolean.FALSE);
      case 'n' -> literal("null", null);
      case '[' -> list(depth + 1);
      case '{' -> map(depth + 1);
      default -> number();
    };
  }

  private List<@Nullable Object> list(int depth) {
    requireShallow(depth);
    at++;
    List<@Nullable Object> items = new ArrayList<>();
    if (next() != ']') {
      do {
        items.add(value(depth));
      } while (more(']', items.size()));
    }
    at++;
    return Collections.unmodifiableList(items);
  }

  private Map<String, @Nullable Object> map(int depth) {
    requireShallow(depth);
    at++;
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    if (next() != '}') {
      var names = new Names();
      do {
        String name = name(names);
        members.put(name, value(depth));
      } while (more('}', names.count));
    }
    at++;
    return Collections.unmodifiableMap(members);
  }

  private static void requireShallow(int depth) {
    if (depth > DEPTH_MAX) {
      throw new Declined();
    }
  }

  /** Steps over a comma, or stops before the closing bracket. */
  private boolean more(char closing, int count) {
    int b = next();
    if (b == closing) {
      return false;
    }
    if (b != ',' || count >= CHILDREN_MAX) {
      throw new Declined();
    }
    at++;
    return true;
  }

  private <T extends @Nullable Object> T literal(String word, T value) {
    for (int i = 0; i < word.length(); i++) {
      if (byteAt(at + i) != word.charAt(i)) {
        throw new Declined();
      }
    }
    at += word.length();
    return value;
  }

  /** The rest of a text after its first quote. */
  private String text() {
    int start = at;
    boolean isAscii = true;
    int b = byteAt(at);
    while (b != '"') {
      if (b < 0x20 || b == '\\') { // The end is below all of them.
        throw new Declined();
      }
      isAscii &= b < 0x80;
      b = byteAt(++at);
    }
    String text = new String(bytes, start, at - start, isAscii ? ISO_8859_1 : UTF_8);
    if (!isAscii && text.indexOf('\uFFFD') >= 0) {
      throw new Declined(); // Perhaps broken, perhaps not.
    }
    at++;
    return text;
  }

  private Double number() {
    int start = at;
    boolean isNegative = byteAt(at) == '-';
    if (isNegative) {
      at++;
    }
    int wholeStart = at;
    long digits = digits(0);
    int wholeEnd = at;
    if (byteAt(wholeStart) == '0' && wholeEnd - wholeStart > 1) {
      throw new Declined();
    }
    int fraction = 0;
    if (byteAt(at) == '.') {
      at++;
      int fractionStart = at;
      digits = digits(digits);
      fraction = at - fractionStart;
    }
    int b = byteAt(at);
    if (b == 'e' || b == 'E') {
      return withExponent(start);
    }
    if (wholeEnd - wholeStart + fraction > EXACT_DIGITS_MAX) {
      return parsed(start);
    }
    double magnitude = digits / POWERS_OF_TEN[fraction];
    return isNegative ? 0 - magnitude : magnitude; // There is no negative zero in documents.
  }

  private Double withExponent(int start) {
    at++;
    if (byteAt(at) == '+' || byteAt(at) == '-') {
      at++;
    }
    var _ = digits(0);
    return parsed(start);
  }

  private Double parsed(int start) {
    double value = Double.parseDouble(new String(bytes, start, at - start, ISO_8859_1));
    if (Double.isInfinite(value)) {
      throw new Declined();
    }
    return value + 0.0; // There is no negative zero in documents.
  }

  /** At least one digit; beyond 18 of them the result means nothing. */
  private long digits(long before) {
    long digits = before;
    int b = byteAt(at);
    if (b < '0' || b > '9') {
      throw new Declined();
    }
    while (b >= '0' && b <= '9') {
      digits = digits * 10 + (b - '0');
      b = byteAt(++at);
    }
    return digits;
  }

  private void expect(char wanted) {
    if (next() != wanted) {
      throw new Declined();
    }
    at++;
  }

  /** The next byte that is no space, not stepped over. */
  private int next() {
    int b = byteAt(at);
    while (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
      b = byteAt(++at);
    }
    return b;
  }

  private int byteAt(int index) {
    return index < bytes.length ? bytes[index] & 0xFF : END;
  }
}
