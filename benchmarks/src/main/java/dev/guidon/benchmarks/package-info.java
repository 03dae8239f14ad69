/**
 * Measures Guidon, against floors written by hand and beside other people's engines. Start at
 * {@link dev.guidon.benchmarks.Main}.
 */
@NullMarked
package dev.guidon.benchmarks;

import org.jspecify.annotations.NullMarked;
