/**
 * Decisions: a view compiled into an immutable {@link dev.guidon.engine.Ruleset}, and its
 * evaluation. No I/O, no clock.
 *
 * <p>Start with {@link dev.guidon.engine.Ruleset#compile} for how a view becomes a ruleset, {@link
 * dev.guidon.engine.Ruleset#decide} for what a decision is, and {@link
 * dev.guidon.engine.Ruleset#explain} for why.
 */
@NullMarked
package dev.guidon.engine;

import org.jspecify.annotations.NullMarked;
