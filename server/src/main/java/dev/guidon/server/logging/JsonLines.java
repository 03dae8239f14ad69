package dev.guidon.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * Writes a log event as one line of JSON: time, level, logger, thread, message, the event's own
 * pairs, error.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Json.Obj line =
        Json.Obj.of()
            .with("time", Json.of(Instant.ofEpochMilli(event.getTimeStamp()).toString()))
            .with("level", Json.of(event.getLevel().toString().toLowerCase(Locale.ROOT)))
            .with("logger", Json.of(event.getLoggerName()))
            .with("thread", text(event.getThreadName()))
            .with("message", text(event.getFormattedMessage()));
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line = line.with(pair.key, text(pair.value));
      }
    }
    IThrowableProxy error = event.getThrowableProxy();
    if (error != null) {
      line = line.with("error", text(ThrowableProxyUtil.asString(error)));
    }
    byte[] json = CanonicalJson.bytes(line);
    byte[] ended = java.util.Arrays.copyOf(json, json.length + 1);
    ended[json.length] = '\n';
    return ended;
  }

  /** Text from outside may hold half a surrogate pair, which no JSON text can. */
  private static Json text(Object value) {
    return Json.of(
        new String(String.valueOf(value).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }
}
