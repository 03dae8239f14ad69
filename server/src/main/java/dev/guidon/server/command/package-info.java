/**
 * The commands of one process: serving, and everything that works on its files without a server.
 */
@NullMarked
package dev.guidon.server.command;

import org.jspecify.annotations.NullMarked;
