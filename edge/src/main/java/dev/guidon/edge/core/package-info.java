/**
 * What an edge knows and decides, without sockets, threads or clocks: the state of a scope, its
 * keys, its views, the reports of those it serves. Time, randomness and disk come as arguments, so
 * that a simulator can run it. Start at {@link dev.guidon.edge.core.EdgeScope}.
 */
@NullMarked
package dev.guidon.edge.core;

import org.jspecify.annotations.NullMarked;
