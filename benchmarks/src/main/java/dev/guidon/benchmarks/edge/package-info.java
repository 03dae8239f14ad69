/**
 * What the edge costs beside bare servers of the same stack: a decision over OFREP ({@link
 * dev.guidon.benchmarks.edge.OfrepCommand}), ten thousand streams ({@link
 * dev.guidon.benchmarks.edge.StreamsCommand}).
 */
@NullMarked
package dev.guidon.benchmarks.edge;

import org.jspecify.annotations.NullMarked;
