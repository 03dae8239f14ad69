package dev.guidon.cli;

import dev.guidon.model.Instants;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** Reads what people call a point in history: a revision, a token, an instant, a time of today. */
final class Moment {
  private Moment() {}

  /**
   * What the API understands: a revision or an RFC 3339 instant.
   *
   * @throws CliException for anything that is none of them
   */
  static String of(String text, InstantSource clock) {
    if (text.matches("r?\\d{1,15}")) {
      return text.startsWith("r") ? text.substring(1) : text;
    }
    // A token, as every change prints it: shop/prod@1.4812
    if (text.matches("[^@]+@\\d+\\.\\d{1,15}")) {
      return text.substring(text.lastIndexOf('.') + 1);
    }
    if (Instants.parse(text) != null) {
      return text;
    }
    try {
      return clock
          .instant()
          .atZone(ZoneOffset.UTC)
          .with(LocalTime.parse(text))
          .toInstant()
          .toString();
    } catch (DateTimeParseException e) {
      throw new CliException(
          ExitCode.USAGE,
          "usage",
          "moment: \""
              + Table.clean(text)
              + "\" (expected: a revision such as 4812, a token such as shop/prod@1.4812, an instant"
              + " such as 2026-11-22T14:02:00Z, or a time of today in UTC such as 14:02)",
          null,
          e);
    }
  }
}
