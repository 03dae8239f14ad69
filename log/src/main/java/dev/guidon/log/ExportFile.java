package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an export and proves it while reading. One JSON value per line:
 *
 * <pre>{@code
 * {"guidon":"log-export","v":1,"created":micros,"scopes":[{"scope","base":{"position","chain","time"},"head":{…}}]}
 * {"kind":"blob","hash":"…","bytes":"base64"}
 * {"kind":"erased","hash":"…"}
 * {"kind":"entry","scope":"shop/prod","hash":"…","entry":{the bytes as written}}
 * {"kind":"snapshot","scope":"shop/prod","position":"…","bytes":"base64"}      only of truncated logs
 * {"end":{"lines":number of lines before,"hash":"SHA-256 of all bytes before this line"}}
 * }</pre>
 */
final class ExportFile {
  static final int FORMAT = 1;

  /** A snapshot of a large scope is one line; more than this is no export of ours. */
  private static final int LINE_BYTES_MAX = 1 << 30;

  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxBytes(LINE_BYTES_MAX).withMaxStringLength(LINE_BYTES_MAX);
  private static final byte[] TRAILER_PREFIX = ascii("{\"end\":");
  private static final byte[] ENTRY_PREFIX = ascii("{\"kind\":\"entry\",\"scope\":\"");
  private static final byte[] ENTRY_HASH = ascii("\",\"hash\":\"");
  private static final byte[] ENTRY_BYTES = ascii("\",\"entry\":");
  private static final int HASH_CHARS = 64;

  private final Path path;
  private final MessageDigest digest = Hash.digest();
  private final Map<ScopeId, Head> ends = new LinkedHashMap<>();
  private long lines;
  private long entries;
  private long blobs;

  private ExportFile(Path path) {
    this.path = path;
  }

  /** Where a scope's part begins and ends. */
  record Part(Head base, Head head) {}

  /** What is said between the first line and the last. */
  sealed interface Line {
    record SnapshotLine(ScopeId scope, StoredSnapshot snapshot) implements Line {}

    record EntryLine(ScopeId scope, CommittedEntry entry) implements Line {}

    @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
    record BlobLine(Hash hash, byte[] bytes) implements Line {}

    record ErasedLine(Hash hash) implements Line {}
  }

  /** Takes what is read, in order. */
  interface Sink {
    void begin(List<Part> parts);

    void line(Line line);
  }

  /** Proves that the file is whole, giving it to nobody. */
  static LogExport.Summary check(Path path) {
    return read(
        path,
        new Sink() {
          @Override
          public void begin(List<Part> parts) {}

          @Override
          public void line(Line line) {}
        });
  }

  /** Reads all of it. What was given before a {@link CorruptLogException} is not proven. */
  static LogExport.Summary read(Path path, Sink sink) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      return new ExportFile(path).read(in, sink);
    } catch (IOException e) {
      throw new LogUnavailableException("export " + path + ": cannot be read", e);
    }
  }

  /** What the sink throws is its own affair, and no damage. */
  private LogExport.Summary read(InputStream in, Sink sink) throws IOException {
    List<Part> parts = proven(() -> parts(line(in)));
    sink.begin(parts);
    for (Optional<Line> line = next(in); line.isPresent(); line = next(in)) {
      sink.line(line.get());
    }
    checkEnd(parts, in);
    return new LogExport.Summary(
        path, parts.stream().map(Part::head).toList(), entries, blobs, Files.size(path));
  }

  /** The next line, or none at a true end. */
  private Optional<Line> next(InputStream in) throws IOException {
    byte[] bytes = line(in);
    return proven(() -> {
      if (isTrailer(bytes)) {
        return Optional.empty();
      }
      Line line = checked(bytes);
      count(bytes);
      return Optional.of(line);
    });
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private <T> T proven(Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (InvalidDocumentException | JsonException | IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private CorruptLogException damaged(String message, @Nullable Exception cause) {
    return new CorruptLogException(
        "export " + path + ": line " + (lines + 1) + ": " + message, cause);
  }

  private byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw damaged("end of file (expected: a line {\"end\":…})", null);
      }
      if (line.size() == LINE_BYTES_MAX) {
        throw damaged("longer than " + LINE_BYTES_MAX + " bytes", null);
      }
      line.write(b);
    }
    return line.toByteArray();
  }

  private void count(byte[] line) {
    digest.update(line);
    digest.update((byte) '\n');
    lines++;
  }

  private List<Part> parts(byte[] line) {
    Problems problems = new Problems();
    Fields header = new Fields(JsonReader.read(line, LIMITS), "", problems, /* strict= */ false);
    if (!header.string("guidon").equals("log-export")
        || header.whole("v", 0, Integer.MAX_VALUE) != FORMAT) {
      throw damaged("not an export of format " + FORMAT, null);
    }
    List<Part> parts = new ArrayList<>();
    for (Json item : header.items("scopes", Integer.MAX_VALUE)) {
      Fields scope = new Fields(item, "/scopes/" + parts.size(), problems, /* strict= */ false);
      ScopeId id = ScopeId.parse(scope.string("scope"));
      Part part = new Part(head(id, scope, "base"), head(id, scope, "head"));
      parts.add(part);
      ends.put(id, part.base());
    }
    problems.throwIfAny("header");
    count(line);
    return parts;
  }

  private static Head head(ScopeId scope, Fields fields, String name) {
    Fields head =
        new Fields(
            fields.required(name, "a position"),
            fields.at(name),
            fields.problems(),
            /* strict= */ false);
    return new Head(
        scope,
        Position.parse(head.string("position")),
        new Hash(head.string("chain")),
        head.whole("time", 0, Long.MAX_VALUE));
  }

  static Json.Obj json(Head head) {
    return Json.Obj.of(
        "position",
        Json.of(head.position().text()),
        "chain",
        Json.of(head.chain().hex()),
        "time",
        Json.of(head.timeMicros()));
  }

  /**
   * The bytes of an entry stand in the line as they were written; cutting them out is the only way
   * not to change them.
   */
  static byte[] entryLine(ScopeId scope, CommittedEntry entry) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(entry.bytes().length + 256);
    line.writeBytes(ENTRY_PREFIX);
    line.writeBytes(ascii(scope.text()));
    line.writeBytes(ENTRY_HASH);
    line.writeBytes(ascii(entry.hash().hex()));
    line.writeBytes(ENTRY_BYTES);
    line.writeBytes(entry.bytes());
    line.write('}');
    return line.toByteArray();
  }

  private Line checked(byte[] line) {
    if (startsWith(line, 0, ENTRY_PREFIX)) {
      return entry(line);
    }
    Problems problems = new Problems();
    Fields fields = new Fields(JsonReader.read(line, LIMITS), "", problems, /* strict= */ false);
    Line read =
        switch (fields.string("kind")) {
          case "blob" -> blob(fields);
          case "erased" -> {
            blobs++;
            yield new Line.ErasedLine(new Hash(fields.string("hash")));
          }
          case "snapshot" ->
              new Line.SnapshotLine(
                  ScopeId.parse(fields.string("scope")),
                  new StoredSnapshot(Position.parse(fields.string("position")), bytes(fields)));
          default ->
              throw damaged(
                  "kind " + fields.string("kind") + " (expected: entry, blob, erased or snapshot)",
                  null);
        };
    problems.throwIfAny("line");
    return read;
  }

  private Line entry(byte[] line) {
    int scopeEnd = indexOf(line, ENTRY_PREFIX.length, ENTRY_HASH);
    int hashStart = scopeEnd + ENTRY_HASH.length;
    int bytesStart = hashStart + HASH_CHARS + ENTRY_BYTES.length;
    if (bytesStart >= line.length
        || !startsWith(line, hashStart + HASH_CHARS, ENTRY_BYTES)
        || line[line.length - 1] != '}') {
      throw damaged("not an entry's line", null);
    }
    ScopeId scope = ScopeId.parse(text(line, ENTRY_PREFIX.length, scopeEnd));
    CommittedEntry entry = Entry.read(Arrays.copyOfRange(line, bytesStart, line.length - 1));
    String hash = text(line, hashStart, hashStart + HASH_CHARS);
    if (!entry.hash().hex().equals(hash)) {
      throw damaged("hash " + entry.hash() + " (expected: " + hash + ")", null);
    }
    checkFollows(scope, entry);
    entries++;
    return new Line.EntryLine(scope, entry);
  }

  private void checkFollows(ScopeId scope, CommittedEntry entry) {
    Head before = ends.get(scope);
    if (before == null
        || entry.position().revision() != before.revision() + 1
        || !entry.entry().previous().equals(before.chain())) {
      throw damaged(
          "entry "
              + entry.position()
              + " of "
              + scope
              + " (expected: the one after "
              + before
              + ")",
          null);
    }
    ends.put(scope, Head.after(scope, entry));
  }

  private Line blob(Fields fields) {
    blobs++;
    Hash hash = new Hash(fields.string("hash"));
    byte[] bytes = bytes(fields);
    AppendLaws.checkBlob(hash, bytes);
    return new Line.BlobLine(hash, bytes);
  }

  private static byte[] bytes(Fields fields) {
    return Base64.getDecoder().decode(fields.string("bytes"));
  }

  private boolean isTrailer(byte[] line) {
    if (!startsWith(line, 0, TRAILER_PREFIX)) {
      return false;
    }
    checkTrailer(line);
    return true;
  }

  private void checkTrailer(byte[] line) {
    Problems problems = new Problems();
    Fields trailer = new Fields(JsonReader.read(line, LIMITS), "", problems, /* strict= */ false);
    Fields fields =
        new Fields(trailer.required("end", "an object"), "/end", problems, /* strict= */ false);
    String hash = HexFormat.of().formatHex(digest.digest());
    if (fields.whole("lines", 0, Long.MAX_VALUE) != lines || !fields.string("hash").equals(hash)) {
      throw damaged(
          "end of "
              + fields.whole("lines", 0, Long.MAX_VALUE)
              + " lines, hash "
              + fields.string("hash")
              + " (expected: "
              + lines
              + " lines, hash "
              + hash
              + ")",
          null);
    }
  }

  private void checkEnd(List<Part> parts, InputStream in) throws IOException {
    for (Part part : parts) {
      Head end = ends.get(part.head().scope());
      if (!part.head().equals(end)) {
        throw damaged(
            "log of "
                + part.head().scope()
                + " ends at "
                + end
                + " (expected: "
                + part.head()
                + ")",
            null);
      }
    }
    if (in.read() >= 0) {
      throw damaged("more after the end", null);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.US_ASCII);
  }

  private static boolean startsWith(byte[] line, int from, byte[] prefix) {
    return line.length >= from + prefix.length
        && Arrays.equals(line, from, from + prefix.length, prefix, 0, prefix.length);
  }

  private int indexOf(byte[] line, int from, byte[] part) {
    for (int i = from; i + part.length <= line.length; i++) {
      if (startsWith(line, i, part)) {
        return i;
      }
    }
    throw damaged("not an entry's line", null);
  }
}
