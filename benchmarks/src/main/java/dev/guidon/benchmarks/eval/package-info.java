/**
 * One answer in this process: what it costs here, by hand, and elsewhere. {@link
 * dev.guidon.benchmarks.eval.Scenario} says what is asked, {@link
 * dev.guidon.benchmarks.eval.Workload} of whom, {@link dev.guidon.benchmarks.eval.EvalCommand} in
 * which order.
 */
@NullMarked
package dev.guidon.benchmarks.eval;

import org.jspecify.annotations.NullMarked;
