package dev.guidon.model;

import dev.guidon.model.json.Json;

/**
 * One version of an entity.
 *
 * @param number counts the versions of this entity in its scope, from 1, never reused, also not
 *     after a revert
 */
public record Versioned(long number, Json.Obj doc) {}
