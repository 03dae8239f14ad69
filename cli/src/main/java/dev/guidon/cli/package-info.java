/** The commands that speak to the API. */
@NullMarked
package dev.guidon.cli;

import org.jspecify.annotations.NullMarked;
