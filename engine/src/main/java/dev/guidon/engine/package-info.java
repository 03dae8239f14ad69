/** The compiled ruleset and its evaluation. */
@NullMarked
package dev.guidon.engine;

import org.jspecify.annotations.NullMarked;
