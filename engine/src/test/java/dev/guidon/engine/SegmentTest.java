package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentTest {
  private static final String IN_BETA = "{'segment':'beta'}";

  @Test
  void membersAreThoseIncludedOrMeetingTheConditionAndNotExcluded() {
    Ruleset ruleset =
        new Scene()
            .segment(
                "beta",
                "'if':{'attribute':'country','op':'in','values':['DE']},'included':['u1','both'],'excluded':['u2','both']")
            .flagWhen("f", IN_BETA)
            .flagWhen("not", "{'segment':'beta','negate':true}")
            .ruleset();

    assertThat(isOn(ruleset, "u1", "US")).isTrue();
    assertThat(isOn(ruleset, "u2", "DE")).isFalse();
    assertThat(isOn(ruleset, "both", "DE")).isFalse();
    assertThat(isOn(ruleset, "u3", "DE")).isTrue();
    assertThat(isOn(ruleset, "u3", "US")).isFalse();
    assertThat(ruleset.booleanValue("f", Context.builder().put("country", "DE").build(), 0, false))
        .as("without a unit the condition decides")
        .isTrue();
    assertThat(ruleset.booleanValue("not", Context.of("u1"), 0, true)).isFalse();
    assertThat(ruleset.booleanValue("not", Context.of("u9"), 0, false)).isTrue();
  }

  @Test
  void withoutAConditionOnlyTheListDecides() {
    Ruleset ruleset =
        new Scene().segment("beta", "'included':['u1']").flagWhen("f", IN_BETA).ruleset();

    assertThat(isOn(ruleset, "u1", "DE")).isTrue();
    assertThat(isOn(ruleset, "u2", "DE")).isFalse();
  }

  @Test
  void listHoldsTheKeysOfItsKind() {
    Ruleset ruleset =
        new Scene()
            .segment("beta", "'kind':'organization','included':['acme']")
            .flagWhen("f", IN_BETA)
            .ruleset();
    Context user = Context.of("acme");
    Context member =
        Context.builder().targetingKey("u1").kind("organization", Context.of("acme")).build();

    assertThat(ruleset.booleanValue("f", user, 0, true)).isFalse();
    assertThat(ruleset.booleanValue("f", member, 0, false)).isTrue();
  }

  @Test
  void segmentMayAskAnother() {
    Ruleset ruleset =
        new Scene()
            .segment("staff", "'included':['u1']")
            .segment("beta", "'if':{'segment':'staff'}")
            .flagWhen("f", IN_BETA)
            .ruleset();

    assertThat(isOn(ruleset, "u1", "DE")).isTrue();
    assertThat(isOn(ruleset, "u2", "DE")).isFalse();
  }

  @Test
  void storedKeysAreFoundExactly() {
    Random random = new Random(5);
    Set<String> keys = new HashSet<>();
    while (keys.size() < 20_000) {
      keys.add(randomKey(random));
    }
    Scene scene = new Scene();
    Ruleset ruleset = stored(scene, keys, 64).flagWhen("f", IN_BETA).ruleset();

    assertThat(ruleset.refusals()).isEmpty();
    for (String key : keys) {
      assertThat(isOn(ruleset, key, "")).as(key).isTrue();
    }
    for (int i = 0; i < 20_000; i++) {
      String other = randomKey(random);
      assertThat(isOn(ruleset, other, "")).as(other).isEqualTo(keys.contains(other));
    }
    assertThat(isOn(ruleset, "", "")).isFalse();
  }

  @Test
  void oneChangedChunkIsReadAndTheOthersAreShared() {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      keys.add("user-" + i);
    }
    Scene scene = new Scene();
    Ruleset before = stored(scene, keys, 256).flagWhen("f", IN_BETA).ruleset();
    keys.add("newcomer");

    Ruleset after = stored(scene, keys, 256).ruleset();
    Ruleset unrelated = scene.flag("g", "").ruleset();

    assertThat(before.chunksReadCount()).isEqualTo(256);
    assertThat(after.chunksReadCount()).isEqualTo(1);
    assertThat(unrelated.chunksReadCount()).isZero();
    assertThat(isOn(before, "newcomer", "")).isFalse();
    assertThat(isOn(after, "newcomer", "")).isTrue();
    assertThat(isOn(after, "user-77", "")).isTrue();
  }

  @Test
  void missingChunkRefusesTheSegmentUntilItIsThere() {
    Scene scene = new Scene();
    stored(scene, Set.of("u1"), 1).flagWhen("f", IN_BETA);
    Map<Hash, byte[]> kept = new HashMap<>(scene.blobs);
    scene.blobs.clear();

    Compilation without = scene.compile();
    scene.blobs.putAll(kept);
    Compilation with = scene.compile();

    assertThat(without.refusals())
        .extracting(Refusal::entity, Refusal::code)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(EntityId.segment("beta"), Refusal.BLOB_MISSING),
            org.assertj.core.groups.Tuple.tuple(EntityId.flag("f"), Refusal.DANGLING_REFERENCE));
    assertThat(with.refusals()).isEmpty();
    assertThat(with.changedFlags()).containsExactly("f");
    assertThat(isOn(with.ruleset(), "u1", "")).isTrue();
  }

  @Test
  void missingChunkOfANewVersionLeavesTheLastOneStale() {
    Scene scene = new Scene();
    stored(scene, Set.of("u1"), 1).flagWhen("f", IN_BETA).compile();
    scene.put(
        EntityId.segment("beta"),
        "{'key':'beta','included':{'count':1,'chunks':['" + "a".repeat(64) + "']}}");

    Ruleset ruleset = scene.ruleset();

    Outcome outcome = ruleset.decide("f", Context.of("u1"), 0);
    assertThat(outcome.variant()).isEqualTo("on");
    assertThat(outcome.reason()).isEqualTo(Reason.STALE);
    assertThat(ruleset.refusals()).extracting(Refusal::code).containsExactly(Refusal.BLOB_MISSING);
  }

  @Test
  void chunkThatIsNoneRefusesTheSegment() {
    Scene scene = new Scene();
    byte[] odd = "[1,2]".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    scene.blobs.put(Hash.of(odd), odd);
    scene.segment("beta", "'included':{'count':2,'chunks':['" + Hash.of(odd).hex() + "']}");

    assertThat(scene.compile().refusals())
        .extracting(Refusal::code)
        .containsExactly(Refusal.INVALID);
  }

  @Test
  void targetsTakeStoredKeysToo() {
    Scene scene = new Scene();
    byte[] chunk = KeyChunks.split(List.of("u1"), 1).get(0);
    scene.blobs.put(Hash.of(chunk), chunk);
    scene.flag(
        "f",
        "'targets':[{'variant':'on','keys':{'count':1,'chunks':['"
            + Hash.of(chunk).hex()
            + "']}}]");

    Ruleset ruleset = scene.ruleset();

    assertThat(isOn(ruleset, "u1", "")).isTrue();
    assertThat(isOn(ruleset, "u2", "")).isFalse();
  }

  static Scene stored(Scene scene, Set<String> keys, int count) {
    List<String> hashes = new ArrayList<>();
    for (byte[] chunk : KeyChunks.split(keys, count)) {
      Hash hash = Hash.of(chunk);
      scene.blobs.put(hash, chunk);
      hashes.add("'" + hash.hex() + "'");
    }
    return scene.segment(
        "beta",
        "'included':{'count':" + keys.size() + ",'chunks':[" + String.join(",", hashes) + "]}");
  }

  private static String randomKey(Random random) {
    String[] letters = {"a", "b", "c", "1", "ä", "日", "😀"};
    StringBuilder key = new StringBuilder();
    for (int i = 0, length = 1 + random.nextInt(7); i < length; i++) {
      key.append(letters[random.nextInt(letters.length)]);
    }
    return key.toString();
  }

  private static boolean isOn(Ruleset ruleset, String unit, String country) {
    Outcome outcome =
        ruleset.decide(
            "f", Context.builder().targetingKey(unit).put("country", country).build(), Scene.NOW);
    assertThat(outcome.error()).isNull();
    return outcome.booleanValue(false);
  }
}
