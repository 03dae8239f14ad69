package dev.guidon.model.json;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads exactly RFC 8259, and of it only what has one meaning: no duplicate names, no broken
 * Unicode, no number that would change by being read. Whatever the bytes, the outcome is a value or
 * a {@link JsonException}.
 *
 * <h2>Numbers from 2^53 to 10^21</h2>
 *
 * RFC 8785 writes such doubles as plain digits, which look like integers and are refused as such
 * because a double cannot tell them from their neighbours. They are therefore refused in every
 * notation: what was read can be written and read again. {@link JsonLimits#largeWholeNumbers()}
 * lifts this for documents that Guidon wrote itself.
 */
public final class JsonReader {

  /** From here on RFC 8785 writes an exponent, so that a number no longer looks like an integer. */
  private static final double EXPONENT_NOTATION_MIN = 1e21;

  /**
   * Any decimal of up to 15 digits times or by a power of ten up to 10^22 is one correctly rounded
   * operation.
   */
  private static final int EXACT_DIGITS_MAX = 15;

  private static final double[] EXACT_POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  /** The end of the document as a byte value, so that every look ahead is a plain comparison. */
  private static final int END = -1;

  /** Up to so many names, looking at each is faster than a table. */
  private static final int SEARCHED_MAX = 12;

  private static final Names NAMES = new Names();
  private static final Names TEXTS = new Names();
  private static final Json.Bool TRUE = new Json.Bool(true);
  private static final Json.Bool FALSE = new Json.Bool(false);

  private final byte[] bytes;
  private final JsonLimits limits;
  private final boolean surrogatesInInput;

  private final int end;

  private int position;
  private int depth;

  /** What the open arrays and objects hold so far: items; names and values in turn. */
  private @Nullable Object[] stack = new @Nullable Object[64];

  private int top;

  /** The names of open objects that have many, by depth. */
  private final Map<Integer, Set<String>> largeNames = new HashMap<>(0);

  /** For each open array or object, where we are in it; it becomes the pointer of an exception. */
  private final @Nullable String[] names;

  private final int[] indexes;

  private JsonReader(byte[] bytes, JsonLimits limits, boolean surrogatesInInput) {
    this(bytes, 0, bytes.length, limits, surrogatesInInput);
  }

  private JsonReader(byte[] bytes, int from, int to, JsonLimits limits, boolean surrogatesInInput) {
    this.bytes = bytes;
    this.position = from;
    this.end = to;
    this.limits = limits;
    this.surrogatesInInput = surrogatesInInput;
    this.names = new @Nullable String[limits.maxDepth()];
    this.indexes = new int[limits.maxDepth()];
  }

  /**
   * Reads one document.
   *
   * @throws JsonException if the bytes are not one acceptable JSON document
   */
  public static Json read(byte[] utf8, JsonLimits limits) {
    return new JsonReader(requireNonNull(utf8, "utf8"), limits, /* surrogatesInInput= */ false)
        .document();
  }

  /**
   * Reads one document that is a part of these bytes; offsets count from the first of all.
   *
   * @throws JsonException if the part is not one acceptable JSON document
   */
  public static Json read(byte[] utf8, int from, int to, JsonLimits limits) {
    java.util.Objects.checkFromToIndex(from, to, utf8.length);
    return new JsonReader(utf8, from, to, limits, /* surrogatesInInput= */ false).document();
  }

  /**
   * Reads one document; limits and offsets count its UTF-8 form.
   *
   * @throws JsonException if the text is not one acceptable JSON document
   */
  public static Json read(String text, JsonLimits limits) {
    if (text.length() > limits.maxBytes()) {
      // Not even worth encoding: no UTF-8 form has fewer bytes than the text has units.
      throw new JsonReader(new byte[0], limits, /* surrogatesInInput= */ false)
          .tooLarge(text.length() + " or more");
    }
    return new JsonReader(Wtf8.encode(text), limits, /* surrogatesInInput= */ true).document();
  }

  private Json document() {
    if (end - position > limits.maxBytes()) {
      throw tooLarge(String.valueOf(end - position));
    }
    skipSpace();
    var value = value();
    skipSpace();
    if (peek() != END) {
      throw unexpected("the end of the document");
    }
    return value;
  }

  private JsonException tooLarge(String size) {
    return failure("size: " + size + " bytes (expected: <= " + limits.maxBytes() + ")", 0);
  }

  private Json value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> new Json.Str(string("string", TEXTS));
      case 't' -> literal("true", TRUE);
      case 'f' -> literal("false", FALSE);
      case 'n' -> literal("null", Json.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("a JSON value");
    };
  }

  // --- objects and arrays
  // ------------------------------------------------------------------------------------------

  private Json object() {
    int base = top;
    open();
    if (peek() != '}') {
      do {
        member(base);
      } while (more('}', (top - base) / 2, "members"));
    }
    close();
    return new Json.Obj(Members.of(pop(base)));
  }

  private void member(int base) {
    skipSpace();
    if (peek() != '"') {
      throw unexpected("a member name in double quotes");
    }
    int start = position;
    var name = string("member name", NAMES);
    names[depth - 1] = name;
    if (isOpen(base, name)) {
      throw failure(
          "member: " + Shown.quoted(name) + " (expected: each name once per object)", start);
    }
    skipSpace();
    if (peek() != ':') {
      throw unexpected("':' after a member name");
    }
    position++;
    skipSpace();
    push(name);
    push(value());
    names[depth - 1] = null;
  }

  /** Whether the object whose members are on the stack from there on has one of this name. */
  private boolean isOpen(int base, String name) {
    int count = (top - base) / 2;
    if (count <= SEARCHED_MAX) {
      for (int i = base; i < top; i += 2) {
        if (name.equals(stack[i])) {
          return true;
        }
      }
      return false;
    }
    Set<String> large = largeNames.get(depth);
    if (large == null || count == SEARCHED_MAX + 1) {
      large = new HashSet<>();
      for (int i = base; i < top; i += 2) {
        large.add((String) stack[i]);
      }
      largeNames.put(depth, large);
    }
    return !large.add(name);
  }

  private Json array() {
    int base = top;
    open();
    if (peek() != ']') {
      do {
        indexes[depth - 1] = top - base;
        skipSpace();
        push(value());
      } while (more(']', top - base, "items"));
    }
    close();
    return new Json.Arr(items(pop(base)));
  }

  @SuppressWarnings("unchecked") // only values are pushed between the brackets of an array
  private static List<Json> items(Object[] values) {
    return (List<Json>) (List<?>) List.of(values);
  }

  private void push(Object value) {
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, stack.length * 2);
    }
    stack[top++] = value;
  }

  private Object[] pop(int base) {
    Object[] taken = Arrays.copyOfRange(stack, base, top);
    Arrays.fill(stack, base, top, null);
    top = base;
    return taken;
  }

  private void open() {
    if (depth == limits.maxDepth()) {
      throw failure(
          "depth: " + (depth + 1) + " (expected: <= " + limits.maxDepth() + ")", position);
    }
    names[depth] = null;
    indexes[depth] = -1;
    depth++;
    position++;
    skipSpace();
  }

  private void close() {
    depth--;
    position++;
  }

  /** Steps over a comma, or stops before the closing bracket. */
  private boolean more(char closing, int count, String noun) {
    skipSpace();
    int next = peek();
    if (next == closing) {
      return false;
    }
    if (next != ',') {
      throw unexpected("',' or '" + closing + "'");
    }
    if (count == limits.maxChildren()) {
      throw failure(
          noun + ": " + (count + 1) + " or more (expected: <= " + limits.maxChildren() + ")",
          position);
    }
    position++;
    return true;
  }

  // --- literals and numbers
  // ----------------------------------------------------------------------------------------

  private Json literal(String word, Json value) {
    for (int i = 1; i < word.length(); i++) {
      if (byteAt(position + i) != word.charAt(i)) {
        throw unexpected(word);
      }
    }
    position += word.length();
    return value;
  }

  private Json number() {
    int start = position;
    boolean negative = peek() == '-';
    if (negative) {
      position++;
    }
    int wholeStart = position;
    digits();
    if (bytes[wholeStart] == '0' && position - wholeStart > 1) {
      throw failure("number: " + shown(start) + " (expected: no zero before other digits)", start);
    }
    int fractionStart = position;
    if (peek() == '.') {
      position++;
      digits();
    }
    int exponentStart = position;
    if (peek() == 'e' || peek() == 'E') {
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      digits();
    }
    boolean integer = position == fractionStart;
    double value =
        position == exponentStart
            ? decimal(start, wholeStart, fractionStart, negative)
            : Double.parseDouble(ascii(start, position));
    return new Json.Num(checked(value, integer, start));
  }

  private void digits() {
    if (!isDigit(peek())) {
      throw unexpected("a digit");
    }
    while (isDigit(peek())) {
      position++;
    }
  }

  /** Up to 15 digits without the detour through a String. */
  private double decimal(int start, int wholeStart, int pointAt, boolean negative) {
    int fractionDigits = Math.max(0, position - pointAt - 1);
    if (pointAt - wholeStart + fractionDigits > EXACT_DIGITS_MAX) {
      return Double.parseDouble(ascii(start, position));
    }
    long digits = 0;
    for (int i = wholeStart; i < position; i++) {
      if (i != pointAt) {
        digits = digits * 10 + (bytes[i] - '0');
      }
    }
    double magnitude = digits / EXACT_POWERS_OF_TEN[fractionDigits];
    return negative ? -magnitude : magnitude;
  }

  private double checked(double value, boolean integer, int start) {
    double magnitude = Math.abs(value);
    if (Double.isInfinite(value)) {
      throw failure(
          "number: " + shown(start) + " (expected: a magnitude up to 1.7976931348623157e+308)",
          start);
    }
    if (magnitude <= Json.Num.SAFE_INTEGER_MAX || limits.largeWholeNumbers()) {
      return value;
    }
    if (integer) {
      throw failure(
          "number: "
              + shown(start)
              + " (expected: an integer within ±9007199254740991, which is 2^53-1)",
          start);
    }
    if (magnitude < EXPONENT_NOTATION_MIN) {
      throw failure(
          "number: "
              + shown(start)
              + " (expected: within ±9007199254740991, which is 2^53-1, or a magnitude from 1e21)",
          start);
    }
    return value;
  }

  // --- strings
  // -----------------------------------------------------------------------------------------------------

  private String string(String noun, Names known) {
    int start = position;
    int at = start + 1;
    while (at < end && PLAIN[bytes[at] & 0xFF]) {
      at++;
    }
    if (byteAt(at) != '"') {
      return stringWithEscapes(noun, start, at);
    }
    position = at + 1;
    return known.of(bytes, checkedLength(noun, start, start + 1, at), at);
  }

  private int checkedLength(String noun, int quote, int from, int to) {
    if (to - from > limits.maxStringLength()) {
      throw tooLong(noun, to - from, quote);
    }
    return from;
  }

  private JsonException tooLong(String noun, int length, int quote) {
    return failure(
        noun
            + " length: "
            + length
            + " or more (expected: <= "
            + limits.maxStringLength()
            + " UTF-16 units)",
        quote);
  }

  private static final boolean[] PLAIN = new boolean[256];

  static {
    for (int b = 0x20; b < 0x80; b++) {
      PLAIN[b] = b != '"' && b != '\\';
    }
  }

  private String stringWithEscapes(String noun, int quote, int plainEnd) {
    checkedLength(noun, quote, quote + 1, plainEnd);
    var text = new StringBuilder(plainEnd - quote + 16).append(ascii(quote + 1, plainEnd));
    boolean surrogates = false;
    position = plainEnd;
    while (peek() != '"') {
      surrogates |= character(text);
      if (text.length() > limits.maxStringLength()) {
        throw tooLong(noun, text.length(), quote);
      }
    }
    position++;
    return surrogates ? withPairedSurrogates(text, noun, quote) : text.toString();
  }

  /** Reads one character or escape. Returns whether it could be half of a surrogate pair. */
  private boolean character(StringBuilder text) {
    int b = peek();
    if (b == '\\') {
      return escape(text);
    }
    if (b == END) {
      throw unexpected("'\"' at the end of a string");
    }
    if (b < 0x20) {
      throw failure(
          "control character: "
              + Shown.hex(b)
              + " (expected: escaped as \\u00"
              + Shown.hex(b).substring(2)
              + " in a string)",
          position);
    }
    if (b < 0x80) {
      text.append((char) b);
      position++;
      return false;
    }
    return sequence(text, b);
  }

  private boolean escape(StringBuilder text) {
    int kind = byteAt(position + 1);
    char plain =
        switch (kind) {
          case '"' -> '"';
          case '\\' -> '\\';
          case '/' -> '/';
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> 'u';
          default -> {
            position++;
            throw unexpected("one of \" \\ / b f n r t u after a backslash");
          }
        };
    position += 2;
    if (plain != 'u') {
      text.append(plain);
      return false;
    }
    char unit = (char) fourHexDigits();
    text.append(unit);
    return Character.isSurrogate(unit);
  }

  private int fourHexDigits() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int b = peek();
      int digit = b < 0x80 ? Character.digit(b, 16) : -1;
      if (digit < 0) {
        throw unexpected("four hexadecimal digits after \\u");
      }
      unit = (unit << 4) | digit;
      position++;
    }
    return unit;
  }

  /** A UTF-8 sequence of two to four bytes. */
  private boolean sequence(StringBuilder text, int lead) {
    int length = Wtf8.length(bytes, position, end, surrogatesInInput);
    if (length == 0) {
      throw failure("byte: " + Shown.hex(lead) + " (expected: valid UTF-8)", position);
    }
    int codePoint = Wtf8.decode(bytes, position, length);
    text.appendCodePoint(codePoint);
    position += length;
    return Wtf8.isSurrogate(codePoint);
  }

  private String withPairedSurrogates(StringBuilder text, String noun, int quote) {
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      if (Wtf8.isSurrogate(codePoint)) {
        if (!limits.replaceLoneSurrogates()) {
          throw failure(
              noun
                  + ": lone surrogate "
                  + Shown.unit(codePoint)
                  + " (expected: surrogates in pairs)",
              quote);
        }
        text.setCharAt(i, '\uFFFD');
      }
      i += Character.charCount(codePoint);
    }
    return text.toString();
  }

  // --- bytes
  // -------------------------------------------------------------------------------------------------------

  private int peek() {
    return byteAt(position);
  }

  private int byteAt(int at) {
    return at < end ? bytes[at] & 0xFF : END;
  }

  private void skipSpace() {
    int b = peek();
    while (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
      position++;
      b = peek();
    }
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  private String ascii(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  // --- complaints
  // --------------------------------------------------------------------------------------------------

  private JsonException unexpected(String expectation) {
    return failure(found() + " (expected: " + expectation + ")", position);
  }

  private String found() {
    int b = peek();
    if (b == END) {
      return "end of document";
    }
    int length = b < 0x80 ? 1 : Wtf8.length(bytes, position, end, /* surrogates= */ false);
    if (length == 0) {
      return "byte: " + Shown.hex(b);
    }
    return "character: " + Shown.character(Wtf8.decode(bytes, position, length));
  }

  /** The number that starts there, up to where we are; its bytes are digits and signs. */
  private String shown(int start) {
    return Shown.shortened(ascii(start, position));
  }

  private JsonException failure(String problem, int at) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, bytes.length); i++) {
      if (bytes[i] == '\n') {
        line++;
        column = 1;
      } else if ((bytes[i] & 0xC0) != 0x80) {
        column++;
      }
    }
    var pointer = pointer();
    var place = pointer.isEmpty() ? "in the document" : "at " + Shown.place(pointer);
    return new JsonException(
        problem + " " + place + ", line " + line + ", column " + column, pointer, line, column, at);
  }

  private String pointer() {
    var pointer = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      var name = names[i];
      if (name != null) {
        pointer.append('/').append(name.replace("~", "~0").replace("/", "~1"));
      } else if (indexes[i] >= 0) {
        pointer.append('/').append(indexes[i]);
      }
    }
    return pointer.toString();
  }
}
