/**
 * Ten thousand flags: how much memory they hold, how long they take from disk to the first answer,
 * and how long one changed flag takes. {@link dev.guidon.benchmarks.load.Many} makes them.
 */
@NullMarked
package dev.guidon.benchmarks.load;

import org.jspecify.annotations.NullMarked;
