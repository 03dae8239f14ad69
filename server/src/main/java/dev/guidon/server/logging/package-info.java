/**
 * Structured logs: one JSON object per line, set up in code so that nothing is searched for at
 * start.
 */
@NullMarked
package dev.guidon.server.logging;

import org.jspecify.annotations.NullMarked;
