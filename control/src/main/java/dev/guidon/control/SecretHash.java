package dev.guidon.control;

import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the at most two secrets that open the same door while they are being rotated.
 *
 * @param createdMicros when it was made
 * @param notAfterMicros from then on it opens nothing; {@code null}: as long as its credential
 */
public record SecretHash(Hash hash, long createdMicros, @Nullable Long notAfterMicros) {
  /** The old one and the new one of a rotation. */
  public static final int AT_ONCE_MAX = 2;

  public boolean isGood(long nowMicros) {
    return notAfterMicros == null || nowMicros < notAfterMicros;
  }

  static List<SecretHash> read(Fields fields) {
    List<SecretHash> all = new ArrayList<>();
    List<Json> items = fields.items("hashes", AT_ONCE_MAX);
    for (int i = 0; i < items.size(); i++) {
      Fields item =
          new Fields(
              items.get(i), fields.at("hashes") + "/" + i, fields.problems(), fields.strict());
      String hex = item.string("hash");
      Long created = item.optionalInstant("created");
      Long notAfter = item.optionalInstant("notAfter");
      item.done();
      if (Hash.isHash(hex)) {
        all.add(new SecretHash(new Hash(hex), created == null ? 0 : created, notAfter));
      } else {
        fields.problems().invalid(item.at("hash"), "no hash", "a SHA-256 hash in hexadecimal");
      }
    }
    return all;
  }

  static Json write(List<SecretHash> hashes) {
    List<Json> items = new ArrayList<>();
    for (SecretHash one : hashes) {
      Json.Obj.Builder item =
          Json.Obj.builder()
              .put("hash", one.hash().hex())
              .put("created", Instants.text(one.createdMicros()));
      if (one.notAfterMicros() != null) {
        item.put("notAfter", Instants.text(one.notAfterMicros()));
      }
      items.add(item.build());
    }
    return new Json.Arr(items);
  }
}
