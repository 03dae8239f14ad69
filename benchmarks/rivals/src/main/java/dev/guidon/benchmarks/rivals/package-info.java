/**
 * Other people's engines, one class each, in their documented fastest configuration without a
 * server.
 */
@NullMarked
package dev.guidon.benchmarks.rivals;

import org.jspecify.annotations.NullMarked;
