/** Makes the vectors, and holds them against our own evaluators and the Python one. */
@NullMarked
package dev.guidon.conformance;

import org.jspecify.annotations.NullMarked;
