/**
 * Finds what is legal in an environment and surely not meant. Pure: documents in, findings out; the
 * time, the ages of flags and what was evaluated come from outside.
 *
 * <p>Start with {@link dev.guidon.control.lint.Linter}; {@link dev.guidon.control.lint.LintRule}
 * lists what is looked for. What is said of conditions is proven by {@code Logic}, which may fail
 * to find a proof and never finds a wrong one.
 */
@NullMarked
package dev.guidon.control.lint;

import org.jspecify.annotations.NullMarked;
