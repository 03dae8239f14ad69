/**
 * The role that serves a place: follows scopes, keeps them on disk, evaluates, feeds SDKs and
 * further edges.
 *
 * <p>Start at {@link dev.guidon.edge.Edge}. What is here drives sockets, disks and clocks; what
 * decides is free of them and lives in {@code core} and {@code ofrep}.
 */
@NullMarked
package dev.guidon.edge;

import org.jspecify.annotations.NullMarked;
