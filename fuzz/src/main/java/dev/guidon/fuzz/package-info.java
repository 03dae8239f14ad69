/**
 * The fuzz loop: inputs are mutated, those that reach new code are kept, and what a target must
 * never do is looked for.
 *
 * <p>Start with {@link dev.guidon.fuzz.Loop}; the targets are in {@code dev.guidon.fuzz.targets},
 * and {@link dev.guidon.fuzz.Planted} lists the bugs that each of them must find. Nothing depends
 * on this module.
 */
@NullMarked
package dev.guidon.fuzz;

import org.jspecify.annotations.NullMarked;
