package dev.guidon.stream;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One server-sent event.
 *
 * @param id of this event, or {@code null} when it carries none
 * @param type {@code message} when the peer names none
 * @param data the lines joined by line feeds, verbatim; callers must not change them
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier between reader and codec; never compared.
public record SseEvent(@Nullable String id, String type, byte[] data) {
  public String text() {
    return new String(data, StandardCharsets.UTF_8);
  }
}
