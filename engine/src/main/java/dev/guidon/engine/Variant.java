package dev.guidon.engine;

import dev.guidon.model.json.Json;

/** A variant of a flag, by its name. */
record Variant(String name, Json value) {}
