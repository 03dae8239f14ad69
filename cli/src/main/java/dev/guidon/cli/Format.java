package dev.guidon.cli;

import java.util.Locale;

/** How data is written to standard output. */
enum Format {
  TABLE,
  WIDE,
  JSON,
  YAML,
  NAME;

  boolean isForPrograms() {
    return this == JSON || this == YAML;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
