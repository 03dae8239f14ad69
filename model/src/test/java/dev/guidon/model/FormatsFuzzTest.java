package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever JSON a stranger sends, a reader answers with problems and never with another exception.
 */
class FormatsFuzzTest {
  private static final long SEED = 20261122;

  private static final String[] NAMES = {
    "envelope",
    "key",
    "type",
    "on",
    "variants",
    "offVariant",
    "rules",
    "id",
    "if",
    "serve",
    "all",
    "any",
    "not",
    "attribute",
    "op",
    "values",
    "kind",
    "segment",
    "negate",
    "split",
    "shares",
    "weight",
    "variant",
    "unit",
    "salt",
    "default",
    "targets",
    "keys",
    "prerequisites",
    "flag",
    "ranges",
    "from",
    "to",
    "rule",
    "staleness",
    "seconds",
    "metadata",
    "layer",
    "included",
    "excluded",
    "count",
    "chunks",
    "until",
    "policy",
    "fallback",
    "live",
    "candidate",
    "gone",
    "version",
    "doc",
    "changes",
    "logId",
    "era",
    "revision",
    "previous",
    "time",
    "actor",
    "idempotencyKey"
  };

  @Test
  void readersNeverThrowOnAnyJson() {
    var random = new Random(SEED);

    for (int i = 0; i < 30_000; i++) {
      Json json = any(random, 0);
      int run = i;
      assertThatCode(() -> readAll(json))
          .as("seed %d run %d: %s", SEED, run, json)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void entriesOfAnyBytesAreReadOrRefusedClearly() {
    var random = new Random(SEED);
    byte[] good = ScopeStateTest.first("log1").bytes();

    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      int run = i;
      assertThatCode(
              () -> {
                try {
                  Entry.read(bytes);
                } catch (InvalidDocumentException e) {
                  if (e.problems().isEmpty()) {
                    throw new AssertionError("no problem named", e);
                  }
                }
              })
          .as("seed %d run %d: %s", SEED, run, new String(bytes, StandardCharsets.ISO_8859_1))
          .doesNotThrowAnyException();
    }
  }

  private static void readAll(Json json) {
    FlagFormat.read(json, new Problems(), /* strict= */ true);
    FlagFormat.readEnvelope(json, new Problems());
    SegmentFormat.read(json, new Problems(), /* strict= */ false);
    LayerFormat.read(json, new Problems(), /* strict= */ true);
    ConditionFormat.read(json, "", new Problems(), /* strict= */ true);
    EntityBody.read(json, "", new Problems());
  }

  private static Json any(Random random, int depth) {
    int pick = random.nextInt(depth > 6 ? 7 : 12);
    return switch (pick) {
      case 0 -> Json.NULL;
      case 1 -> Json.of(random.nextBoolean());
      case 2 -> Json.of(random.nextInt(200_000) - 50_000L);
      case 3 -> Json.of(random.nextGaussian() * Math.pow(10, random.nextInt(20)));
      case 4 -> Json.of(NAMES[random.nextInt(NAMES.length)]);
      case 5 ->
          Json.of(
              new String[] {
                    "boolean",
                    "in",
                    "lt",
                    "semverGt",
                    "inCidr",
                    "before",
                    "",
                    "\u0000",
                    "2026-01-01T00:00:00Z",
                    "off"
                  }
                  [random.nextInt(10)]);
      case 6 -> Json.of(Hash.of(String.valueOf(random.nextInt(3))).hex());
      case 7, 8 -> {
        List<Json> items = new ArrayList<>();
        for (int n = random.nextInt(5); n > 0; n--) {
          items.add(any(random, depth + 1));
        }
        yield new Json.Arr(items);
      }
      default -> {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int n = random.nextInt(10); n > 0; n--) {
          members.put(NAMES[random.nextInt(NAMES.length)], any(random, depth + 1));
        }
        yield new Json.Obj(members);
      }
    };
  }

  @Test
  void aFlagWithOneMemberReplacedByAnythingIsReadOrRefused() {
    var random = new Random(SEED);
    Json.Obj flag =
        (Json.Obj)
            JsonReader.read(
                "{\"envelope\":{\"key\":\"f\",\"type\":\"boolean\",\"on\":true,\"variants\":{\"on\":true,\"off\":false}},\"rules\":[],\"default\":{\"variant\":\"on\"}}",
                JsonLimits.DEFAULT);

    for (int i = 0; i < 20_000; i++) {
      String name = NAMES[random.nextInt(NAMES.length)];
      Json changed = flag.with(name, any(random, 0));
      assertThatCode(() -> readAll(changed))
          .as("seed %d: %s", SEED, changed)
          .doesNotThrowAnyException();
    }
  }
}
