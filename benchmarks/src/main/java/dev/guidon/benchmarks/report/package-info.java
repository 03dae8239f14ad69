/** Makes a page and its plots of the newest results: the same results, the same bytes. */
@NullMarked
package dev.guidon.benchmarks.report;

import org.jspecify.annotations.NullMarked;
