package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyChunksTest {
  @Test
  void everyKeyIsInTheChunkItsHashNames() {
    List<String> keys = keys(5_000);

    List<byte[]> chunks = KeyChunks.split(keys, 16);

    int found = 0;
    for (int i = 0; i < chunks.size(); i++) {
      for (String key : KeyChunks.keys(chunks.get(i))) {
        assertThat(KeyChunks.indexOf(key, 16)).isEqualTo(i);
        found++;
      }
    }
    assertThat(found).isEqualTo(5_000);
  }

  @Test
  void oneMoreKeyReplacesOneChunkOfAMillionKeys() {
    List<String> keys = keys(1_000_000);
    int count = KeyChunks.countFor(keys);
    List<byte[]> before = KeyChunks.split(keys, count);
    keys.add("one-more");

    List<byte[]> after = KeyChunks.split(keys, count);

    int different = 0;
    for (int i = 0; i < count; i++) {
      different += Arrays.equals(before.get(i), after.get(i)) ? 0 : 1;
      assertThat(after.get(i).length).isLessThan(KeyChunks.CHUNK_BYTES_MAX);
    }
    assertThat(different).isEqualTo(1);
    assertThat(KeyList.isPowerOfFour(count)).isTrue();
  }

  @Test
  void theOrderOfKeysDoesNotMatter() {
    List<String> keys = keys(100);
    List<String> reversed = new ArrayList<>(keys);
    java.util.Collections.reverse(reversed);

    assertThat(KeyChunks.split(reversed, 4))
        .usingRecursiveComparison()
        .isEqualTo(KeyChunks.split(keys, 4));
  }

  private static List<String> keys(int n) {
    List<String> keys = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      keys.add("user-" + i);
    }
    return keys;
  }
}
