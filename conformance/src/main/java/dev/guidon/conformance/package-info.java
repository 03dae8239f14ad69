/**
 * The kit with which an evaluator proves that it decides as docs/reference/evaluation.md says: the
 * vectors as data, one interface to implement, and a runner.
 *
 * <p>Start at {@link dev.guidon.conformance.Evaluator}, then {@link dev.guidon.conformance.Suite}.
 */
@NullMarked
package dev.guidon.conformance;

import org.jspecify.annotations.NullMarked;
