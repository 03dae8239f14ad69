package dev.guidon.model;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.CanonicalScan;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An entity as a view shows it. Its hash is SHA-256 of the canonical JSON of {@link #json}.
 *
 * <h2>The document</h2>
 *
 * is held in the form in which it came: as a value where a value was at hand, which an edge shares
 * with the state of its scope; as canonical bytes where these were read; or packed, which is a
 * fifth of the bytes and a thirtieth of the value. {@link #doc} makes a value of any of them. The
 * forms mean the same, so that threads may see one or the other.
 */
public final class ViewEntity implements Hashed {
  private static final byte[] DOC = "{\"doc\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KEY = ",\"key\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KIND = ",\"kind\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VERSION = ",\"version\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKS = "chunks".getBytes(StandardCharsets.US_ASCII);

  /** What was read under any limits is read again under these. */
  private static final JsonLimits OWN =
      new JsonLimits(
          Integer.MAX_VALUE,
          512,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          /* replaceLoneSurrogates= */ false,
          /* largeWholeNumbers= */ true);

  private final EntityId id;
  private final long version;
  private final Hash hash;
  private final boolean mayNameChunks;

  /** {@link Json.Obj}, {@link Part} or the bytes of a {@link Packer}. */
  private volatile Object content;

  private ViewEntity(EntityId id, long version, Hash hash, boolean mayNameChunks, Object content) {
    this.id = id;
    this.version = version;
    this.hash = hash;
    this.mayNameChunks = mayNameChunks;
    this.content = content;
  }

  /** The canonical form of a document, among other bytes that will not change. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Part(byte[] bytes, int from, int to) {}

  public static ViewEntity of(EntityId id, Versioned shown) {
    return of(id, shown.number(), shown.doc());
  }

  public static ViewEntity of(EntityId id, long version, Json.Obj doc) {
    byte[] canonical = CanonicalJson.bytes(json(id, version, doc));
    return new ViewEntity(id, version, Hash.of(canonical), /* mayNameChunks= */ true, doc);
  }

  /**
   * The entity whose {@link #canonical} form is this part of the bytes, which must not change from
   * now on; {@code null} when it is not, or cannot be told to be at a glance.
   */
  public static @Nullable ViewEntity ofCanonical(byte[] bytes, int from, int to) {
    CanonicalScan scan = new CanonicalScan(bytes, to, CHUNKS);
    int doc = after(DOC, bytes, from, to);
    if (doc < 0 || doc >= to || bytes[doc] != '{') {
      return null;
    }
    int docEnd = scan.skip(doc);
    int key = after(KEY, bytes, docEnd, to);
    int keyEnd = key < 0 ? -1 : scan.skipPlain(key);
    int kind = after(KIND, bytes, keyEnd, to);
    int kindEnd = kind < 0 ? -1 : scan.skipPlain(kind);
    int version = after(VERSION, bytes, kindEnd, to);
    int versionEnd =
        version < 0 || version >= to || bytes[version] == '-' ? -1 : scan.skip(version);
    if (versionEnd != to - 1 || bytes[versionEnd] != '}' || !isDigit(bytes[version])) {
      return null;
    }
    try {
      return new ViewEntity(
          new EntityId(
              EntityKind.named(ascii(bytes, kind + 1, kindEnd - 1)),
              ascii(bytes, key + 1, keyEnd - 1)),
          Long.parseLong(ascii(bytes, version, versionEnd)),
          Hash.of(bytes, from, to),
          scan.met(),
          new Part(bytes, doc, docEnd));
    } catch (IllegalArgumentException e) {
      return null; // whoever reads it thoroughly will say why
    }
  }

  /** The place after these bytes when they stand here, or -1. */
  private static int after(byte[] expected, byte[] bytes, int from, int to) {
    return from >= 0
            && from + expected.length <= to
            && Arrays.equals(expected, 0, expected.length, bytes, from, from + expected.length)
        ? from + expected.length
        : -1;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  public EntityId id() {
    return id;
  }

  /** Of the shown document. */
  public long version() {
    return version;
  }

  @Override
  public Hash hash() {
    return hash;
  }

  /** Made anew from bytes where there is no value: to be called once where it is needed. */
  public Json.Obj doc() {
    Object held = content;
    if (held instanceof Json.Obj doc) {
      return doc;
    }
    if (held instanceof Part part) {
      return (Json.Obj) JsonReader.read(part.bytes, part.from, part.to, OWN);
    }
    return (Json.Obj) JsonReader.read(Packer.unpack((byte[]) held), OWN);
  }

  /** False only where the document has no member {@code chunks} anywhere. */
  public boolean mayNameChunks() {
    return mayNameChunks;
  }

  /** {@code {"kind":…,"key":…,"version":…,"doc":{…}}}, as frames carry it. */
  public Json.Obj json() {
    return json(id, version, doc());
  }

  private static Json.Obj json(EntityId id, long version, Json.Obj doc) {
    return Json.Obj.builder()
        .put("kind", id.kind().name())
        .put("key", id.key())
        .put("version", version)
        .put("doc", doc)
        .build();
  }

  /** The canonical bytes of {@link #json}. */
  public byte[] canonical() {
    Object held = content;
    if (held instanceof Json.Obj doc) {
      return CanonicalJson.bytes(json(id, version, doc));
    }
    byte[] bytes = held instanceof Part part ? part.bytes : Packer.unpack((byte[]) held);
    int from = held instanceof Part part ? part.from : 0;
    int length = held instanceof Part part ? part.to - part.from : bytes.length;
    byte[] tail = tail();
    byte[] all = Arrays.copyOf(DOC, DOC.length + length + tail.length);
    System.arraycopy(bytes, from, all, DOC.length, length);
    System.arraycopy(tail, 0, all, DOC.length + length, tail.length);
    return all;
  }

  private byte[] tail() {
    String text =
        ",\"key\":"
            + CanonicalJson.text(Json.of(id.key()))
            + ",\"kind\":"
            + CanonicalJson.text(Json.of(id.kind().name()))
            + ",\"version\":"
            + version
            + "}";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether {@link #pack} would change anything. */
  public boolean isPacked() {
    return content instanceof byte[];
  }

  /** Holds the document in its smallest form from now on. */
  public void pack(Packer packer) {
    Object held = content;
    if (held instanceof Part part) {
      content = packer.pack(part.bytes, part.from, part.to);
    } else if (held instanceof Json.Obj doc) {
      byte[] bytes = CanonicalJson.bytes(doc);
      content = packer.pack(bytes, 0, bytes.length);
    }
  }

  /** The hash stands for the rest. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ViewEntity entity && hash.equals(entity.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return id + "@" + version + " " + doc();
  }
}
