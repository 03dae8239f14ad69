/**
 * The role that accepts writes: a command is checked against a scope's image, becomes an entry, is
 * appended, read back and folded into the image.
 *
 * <p>Start with {@link dev.guidon.control.ScopeCore}, which does that for one scope without any
 * I/O, then {@link dev.guidon.control.Scopes}, which runs a core per scope over a log. The REST API
 * is in {@code dev.guidon.control.rest}.
 */
@NullMarked
package dev.guidon.control;

import org.jspecify.annotations.NullMarked;
