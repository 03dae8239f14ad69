package dev.guidon.server.command;

/** How a command writes its result; the names are what people type. */
enum OutputFormat {
  table,
  json
}
