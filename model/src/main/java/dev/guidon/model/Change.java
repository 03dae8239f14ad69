package dev.guidon.model;

/** One entity's full state after a commit. */
public record Change(EntityId id, EntityBody body) {}
