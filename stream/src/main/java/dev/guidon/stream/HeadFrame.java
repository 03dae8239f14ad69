package dev.guidon.stream;

import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The head of the log as a linearizable read saw it. Passed down the tree unchanged, so that a
 * server that is cut off from the log cannot make anyone look fresh.
 *
 * @param chain hash of the entry at the head
 * @param readAtMicros log time of that read
 * @param view in a view stream, the hash of the view at {@code position} when the server has it
 * @param eraFrom first revision of the position's era, where the sender knows it; tells how much an
 *     older era lost
 */
public record HeadFrame(
    Position position, Hash chain, long readAtMicros, @Nullable Hash view, @Nullable Long eraFrom)
    implements ViewFrame, LogFrame {
  /** The response header that carries {@link #text} beside a polled body. */
  public static final String HEADER = "Guidon-Head";

  public HeadFrame withView(@Nullable Hash hash) {
    return new HeadFrame(position, chain, readAtMicros, hash, eraFrom);
  }

  /** One line of JSON. */
  public String text() {
    return CanonicalJson.text(json());
  }

  /** Reads what {@link #text} wrote; throws {@link StreamException}. */
  public static HeadFrame parse(String text) {
    return Reading.of("head", text.getBytes(StandardCharsets.UTF_8), HeadFrame::read);
  }

  Json.Obj json() {
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("v", Reading.FORMAT)
            .put("position", position.text())
            .put("chain", chain.hex())
            .put("readAt", readAtMicros);
    if (view != null) {
      out.put("view", view.hex());
    }
    if (eraFrom != null) {
      out.put("eraFrom", eraFrom.longValue());
    }
    return out.build();
  }

  static HeadFrame read(Fields fields) {
    String view = fields.optionalString("view");
    return new HeadFrame(
        Position.parse(fields.string("position")),
        new Hash(fields.string("chain")),
        fields.whole("readAt", 0, Long.MAX_VALUE),
        view == null ? null : new Hash(view),
        fields.optionalWhole("eraFrom", 1, Long.MAX_VALUE));
  }
}
