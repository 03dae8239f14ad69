package dev.guidon.log;

import dev.guidon.model.Position;

/**
 * The state of a scope at a position, as {@link dev.guidon.model.ScopeSnapshot} writes it.
 *
 * @param bytes as they were put; callers must not change them
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record StoredSnapshot(Position position, byte[] bytes) {}
