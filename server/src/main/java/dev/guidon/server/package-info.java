/** The process: configuration, wiring of the roles, and main. */
@NullMarked
package dev.guidon.server;

import org.jspecify.annotations.NullMarked;
