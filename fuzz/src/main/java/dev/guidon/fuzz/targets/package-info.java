/**
 * What is fuzzed. These classes are loaded anew for every run, by {@link dev.guidon.fuzz.Probed},
 * so that the code that they call counts what of it has run.
 */
@NullMarked
package dev.guidon.fuzz.targets;

import org.jspecify.annotations.NullMarked;
