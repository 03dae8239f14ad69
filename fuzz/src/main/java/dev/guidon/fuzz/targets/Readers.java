package dev.guidon.fuzz.targets;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.fuzz.Target;
import dev.guidon.model.AttributeRef;
import dev.guidon.model.Change;
import dev.guidon.model.Cidr;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Condition;
import dev.guidon.model.ConditionFormat;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Entry;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Layer;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Pin;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.SemanticVersion;
import dev.guidon.model.Texts;
import dev.guidon.model.Token;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.model.json.PrettyJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that reads what others wrote: JSON, documents, entries, snapshots and short texts. The
 * first byte of an input chooses the reader. Any bytes become a value or a refusal in words, and a
 * value that is written again and read again is the same value.
 */
public final class Readers implements Target {
  private static final JsonLimits OWN = JsonLimits.DEFAULT.withLargeWholeNumbers(true);
  private static final JsonLimits TIGHT =
      JsonLimits.DEFAULT
          .withMaxBytes(200)
          .withMaxDepth(4)
          .withMaxChildren(5)
          .withMaxStringLength(12)
          .withReplaceLoneSurrogates(true);

  /** A reader answers what came of it, in a word. */
  private interface Reader {
    boolean accepts(byte[] bytes);
  }

  private record Named(String name, Reader reader, List<String> examples) {}

  private static final String FLAG =
      "{'envelope':{'key':'checkout','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
          + "'prerequisites':[{'flag':'open','variants':['on']}],'targets':[{'variant':'on','kind':'user','keys':['u1']}],"
          + "'rules':[{'id':'beta','from':'2026-12-01T00:00:00Z','until':'2027-12-01T00:00:00Z','if':{'attribute':'country','op':'in','values':['DE','FR']},"
          + "'serve':{'split':{'shares':[{'variant':'on','weight':20000},{'variant':'off','weight':80000}],'unit':'targetingKey','salt':'s'}}},"
          + "{'id':'p','serve':{'policy':{'key':'p','fallback':'on'}}}],"
          + "'default':{'variant':'off'},'salt':'checkout','clientVisible':true,'layer':'pricing',"
          + "'staleness':{'seconds':3600,'variant':'off'},'metadata':{'team':'cart','n':1.5}}";
  private static final String CONDITION =
      "{'all':[{'attribute':'/a/b','kind':'org','op':'semverGte','values':['1.2.0'],'negate':true},"
          + "{'any':[{'segment':'s','negate':true},{'not':{'attribute':'ip','op':'inCidr','values':['10.0.0.0/8']}}]},"
          + "{'attribute':'x','op':'matches','values':['^a+$'],'ignoreCase':true},{'attribute':'$now','op':'before','values':['2026-01-01T00:00:00Z']},"
          + "{'attribute':'n','op':'lt','values':[1.5]},{'attribute':'p','op':'present','values':[]}]}";
  private static final String SEGMENT =
      "{'key':'vips','kind':'user','included':['u1','u2'],'excluded':['u3'],'if':"
          + CONDITION
          + "}";
  private static final String LAYER =
      "{'key':'pricing','unit':'targetingKey','kind':'user','salt':'s','ranges':[{'flag':'f','rule':'r','from':0,'to':50000},{'flag':'g','rule':'r','from':50000,'to':100000}]}";

  private final List<Named> readers = new ArrayList<>();

  public Readers() {
    json("json", JsonLimits.DEFAULT);
    json("json-own", OWN);
    json("json-tight", TIGHT);
    documents();
    records();
    texts();
  }

  private void json(String name, JsonLimits limits) {
    add(
        name,
        bytes -> {
          Json json = JsonReader.read(bytes, limits);
          byte[] canonical = CanonicalJson.bytes(json);
          Json again =
              JsonReader.read(canonical, OWN.withMaxBytes(1 << 24).withReplaceLoneSurrogates(true));
          Must.equal(again, json, "read again");
          Must.hold(
              Arrays.equals(CanonicalJson.bytes(again), canonical), "canonical form is stable");
          Must.equal(
              JsonReader.read(PrettyJson.text(json), OWN.withMaxBytes(1 << 24)),
              json,
              "read from the pretty form");
          Must.equal(json.hashCode(), again.hashCode(), "equal values have equal hashes");
          return true;
        },
        FLAG,
        "[1,-0.0,1e21,5e-324,9007199254740991,\"\\u0041\\ud83d\\ude00\\n\",{},[],null,true,false]",
        "{'a':{'b':[1,2,{'c':''}]},'\\u0000':0.1}",
        "{'b':1,'a':2,'\u00e4':3,'\ud83d\ude00':4}");
  }

  private void documents() {
    for (boolean strict : new boolean[] {true, false}) {
      String how = strict ? "-strict" : "-lenient";
      document(
          "flag" + how,
          (json, problems) -> FlagFormat.read(json, problems, strict),
          Readers::write,
          FLAG);
      document(
          "segment" + how,
          (json, problems) -> SegmentFormat.read(json, problems, strict),
          segment -> SegmentFormat.write((Segment) segment),
          SEGMENT,
          "{'key':'big','included':{'count':2,'chunks':['" + "a".repeat(64) + "']},'excluded':[]}");
      document(
          "layer" + how,
          (json, problems) -> LayerFormat.read(json, problems, strict),
          layer -> LayerFormat.write((Layer) layer),
          LAYER);
      document(
          "condition" + how,
          (json, problems) -> ConditionFormat.read(json, "/if", problems, strict),
          condition -> ConditionFormat.write((Condition) condition),
          CONDITION);
    }
    add(
        "envelope",
        bytes -> {
          Problems problems = new Problems();
          Envelope envelope = FlagFormat.readEnvelope(JsonReader.read(bytes, OWN), problems);
          return problems.isEmpty() && !envelope.variants().isEmpty();
        },
        FLAG,
        "{'envelope':{'key':'k','type':'string','on':false,'variants':{'a':'A'},'offVariant':null},'default':{'unheard':1}}");
    add(
        "context",
        bytes -> {
          Problems problems = new Problems();
          Context context = Contexts.fromJson(JsonReader.read(bytes, JsonLimits.DEFAULT), problems);
          if (!problems.isEmpty()) {
            return false;
          }
          Json.Obj written = Contexts.toJson(context);
          Problems none = new Problems();
          Must.equal(
              Contexts.toJson(Contexts.fromJson(written, none)), written, "context read again");
          Must.hold(none.isEmpty(), "what was written is read without problems");
          return true;
        },
        "{'targetingKey':'u1','country':'DE','n':1.5,'roles':['a',1,true,null],'address':{'city':'X'},'$kinds':{'org':{'targetingKey':'acme','plan':'pro'}}}");
  }

  private static Json write(Object flag) {
    return FlagFormat.write((Flag) flag);
  }

  private interface Document {
    Object read(Json json, Problems problems);
  }

  private void document(
      String name, Document format, Function<Object, Json> writer, String... examples) {
    add(
        name,
        bytes -> {
          Json json = JsonReader.read(bytes, OWN);
          Problems problems = new Problems();
          Object value = format.read(json, problems);
          if (!problems.isEmpty()) {
            problems
                .list()
                .forEach(
                    problem -> Must.hold(!problem.message().isEmpty(), "a problem says something"));
            return false;
          }
          Json written = writer.apply(value);
          Problems none = new Problems();
          Object again =
              format.read(
                  JsonReader.read(CanonicalJson.bytes(written), OWN.withMaxBytes(1 << 24)), none);
          Must.equal(none.list(), List.of(), "problems of what was written");
          // What is written names what was left to a default, such as a salt, and from then on
          // nothing changes.
          Must.equal(writer.apply(again), written, "written again");
          Must.equal(format.read(writer.apply(again), none), again, "read again");
          return true;
        },
        examples);
  }

  private void records() {
    EntityId id = EntityId.flag("checkout");
    Json.Obj doc = (Json.Obj) JsonReader.read(quoted(FLAG), OWN);
    Change change = new Change(id, EntityBody.live(id, 1, doc));
    CommittedEntry committed =
        new Entry(
                new Position("0123456789abcdef0123456789abcdef", 1, 1),
                1_000_000,
                "ann",
                "why",
                "k",
                Priority.NORMAL,
                null,
                Hash.ZERO,
                null,
                List.of(change))
            .commit();
    add(
        "entry",
        bytes -> {
          CommittedEntry read = Entry.read(bytes);
          Must.hold(Arrays.equals(read.bytes(), bytes), "an entry keeps its bytes");
          Must.equal(read.hash(), Hash.of(bytes), "hash of an entry");
          Must.equal(
              Entry.read(read.entry().commit().bytes()).entry(), read.entry(), "entry read again");
          return true;
        },
        text(committed.bytes()));
    add(
        "change",
        bytes -> {
          Problems problems = new Problems();
          Change read = EntityBody.read(JsonReader.read(bytes, OWN), "", problems);
          if (read == null || !problems.isEmpty()) {
            Must.hold(!problems.isEmpty(), "nothing was read, so there is a problem");
            return false;
          }
          Json.Obj written = EntityBody.json(read.id(), read.body());
          Change again = EntityBody.read(written, "", new Problems());
          Must.hold(again != null, "what was written can be read");
          Must.equal(again.body().hash(), read.body().hash(), "hash read again");
          return true;
        },
        CanonicalJson.text(EntityBody.json(id, change.body())),
        CanonicalJson.text(EntityBody.json(id, EntityBody.gone(id, 2, "boolean", Hash.ZERO))));
    ScopeState state =
        ScopeState.empty(ScopeId.of("shop", "prod"), "0123456789abcdef0123456789abcdef")
            .apply(committed);
    add(
        "scope-snapshot",
        bytes -> {
          ScopeState read = ScopeSnapshot.decode(bytes);
          byte[] written = ScopeSnapshot.encode(read);
          Must.equal(
              ScopeSnapshot.decode(written).entities().root(),
              read.entities().root(),
              "root read again");
          Must.hold(
              Arrays.equals(ScopeSnapshot.encode(ScopeSnapshot.decode(written)), written),
              "written again");
          return true;
        },
        text(ScopeSnapshot.encode(state)));
    add(
        "key-chunk",
        bytes -> {
          List<String> keys = KeyChunks.keys(bytes);
          Must.equal(
              KeyChunks.keys(KeyChunks.bytes(new TreeSet<>(keys))),
              List.copyOf(new TreeSet<>(keys)),
              "keys read again");
          return true;
        },
        text(KeyChunks.bytes(new TreeSet<>(List.of("u1", "u2", "\u00e4")))));
  }

  private void texts() {
    text(
        "instant",
        text -> {
          Long micros = Instants.parse(text);
          if (micros != null) {
            Must.equal(
                Instants.parse(Instants.text(micros)), micros, "instant " + Texts.shown(text));
          }
          return micros;
        },
        "2026-12-01T00:00:00Z",
        "2026-12-01T01:02:03.123456+02:00",
        "1969-12-31T23:59:60Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999-18:00");
    text(
        "semantic-version",
        text -> {
          SemanticVersion version = SemanticVersion.parse(text);
          if (version != null) {
            SemanticVersion one = SemanticVersion.parse("1.2.3-beta.1");
            if (one != null) {
              Must.equal(
                  Integer.signum(version.compareTo(one)),
                  -Integer.signum(one.compareTo(version)),
                  "order turned round");
            }
          }
          return version;
        },
        "1.2.3-beta.11+build.5",
        "v1.2",
        "2",
        "99999999999999999999.0.0",
        "1.0.0-alpha.beta-1.0x");
    text("cidr", Cidr::parse, "10.0.0.0/8", "2001:db8::/32", "::ffff:1.2.3.4/128", "0.0.0.0/0");
    text(
        "address",
        text -> {
          Cidr.Address address = Cidr.Address.parse(text);
          if (address != null) {
            Cidr all = Cidr.parse("::/0");
            Must.hold(all != null, "::/0 is a range");
          }
          return address;
        },
        "10.0.0.1",
        "2001:db8::1",
        "::ffff:1.2.3.4",
        "1:2:3:4:5:6:7:8",
        "fe80::1%eth0");
    same("position", Position::parse, Position::text, "0123456789abcdef0123456789abcdef.1.17");
    same("token", Token::parse, Token::text, "shop/prod@1.17", "$system@2.3", "shop@1.1");
    same("pin", Pin::parse, Pin::text, "shop/prod@1.17", "0123456789abcdef0123456789abcdef.1.17");
    same("scope", ScopeId::parse, ScopeId::text, "shop/prod", "$system", "shop", "system");
    same(
        "entity-id",
        EntityId::parse,
        EntityId::text,
        "flag:checkout",
        "sdk-key:a b",
        "segment:x:y");
    same("hash", Hash::new, Hash::hex, "a".repeat(64));
    same("attribute", AttributeRef::user, AttributeRef::name, "country", "/a/b~1c", "$now");
  }

  private void text(String name, Function<String, @Nullable Object> parser, String... examples) {
    add(
        name,
        bytes -> {
          // As UTF-8, and as it comes, so that control characters and halves of pairs come as well.
          Object read = parser.apply(new String(bytes, StandardCharsets.UTF_8));
          Object other = parser.apply(new String(bytes, StandardCharsets.UTF_16BE));
          return read != null || other != null;
        },
        examples);
  }

  private <T> void same(
      String name, Function<String, T> parser, Function<T, String> writer, String... examples) {
    text(
        name,
        text -> {
          T value = parser.apply(text);
          Must.equal(parser.apply(writer.apply(value)), value, name + " read again");
          return value;
        },
        examples);
  }

  private void add(String name, Reader reader, String... examples) {
    readers.add(new Named(name, reader, List.of(examples)));
  }

  @Override
  public String run(byte[] input) {
    if (input.length == 0) {
      return "empty";
    }
    Named named = readers.get((input[0] & 0xff) % readers.size());
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    try {
      return named.name + (named.reader.accepts(bytes) ? " read" : " refused");
    } catch (JsonException e) {
      return said(e) + named.name + " not JSON";
    } catch (InvalidDocumentException e) {
      return said(e) + named.name + " refused";
    } catch (IllegalArgumentException e) {
      // The documented refusal of texts; subclasses would be accidents, such as
      // NumberFormatException.
      Must.equal(e.getClass(), IllegalArgumentException.class, "kind of refusal");
      return said(e) + named.name + " refused";
    }
  }

  private static String said(RuntimeException e) {
    Must.hold(
        e.getMessage() != null && e.getMessage().length() < 20_000,
        "a refusal says why, and not at length");
    return "";
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < readers.size(); i++) {
      for (String example : readers.get(i).examples) {
        seeds.add(input(i, example));
      }
    }
    return seeds;
  }

  private static byte[] input(int reader, String text) {
    byte[] bytes = quoted(text).getBytes(StandardCharsets.UTF_8);
    byte[] input = new byte[bytes.length + 1];
    input[0] = (byte) reader;
    System.arraycopy(bytes, 0, input, 1, bytes.length);
    return input;
  }

  private static String quoted(String text) {
    return text.replace('\'', '"');
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] fresh(Random random) {
    int reader = random.nextInt(readers.size());
    List<String> examples = readers.get(reader).examples;
    return input(reader, examples.get(random.nextInt(examples.size())));
  }

  @Override
  public List<byte[]> words() {
    return Words.of(
        "{\"",
        "\":",
        "null",
        "true",
        "false",
        "[]",
        "{}",
        "1e400",
        "-0",
        "\\u0000",
        "\\ud800",
        "\"\"",
        "envelope",
        "key",
        "type",
        "boolean",
        "string",
        "number",
        "object",
        "on",
        "variants",
        "offVariant",
        "prerequisites",
        "targets",
        "rules",
        "default",
        "salt",
        "layer",
        "staleness",
        "metadata",
        "if",
        "serve",
        "split",
        "shares",
        "variant",
        "weight",
        "unit",
        "kind",
        "policy",
        "fallback",
        "from",
        "until",
        "attribute",
        "op",
        "values",
        "negate",
        "ignoreCase",
        "segment",
        "all",
        "any",
        "not",
        "in",
        "lt",
        "lte",
        "gt",
        "gte",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "semverGte",
        "before",
        "after",
        "inCidr",
        "present",
        "included",
        "excluded",
        "chunks",
        "count",
        "ranges",
        "rule",
        "flag",
        "$now",
        "$region",
        "$kinds",
        "targetingKey",
        "::",
        "/128",
        "T",
        "Z",
        "+00:00",
        "@",
        "~1",
        "\u00e9",
        "\ud83d\ude00",
        "\n");
  }
}
