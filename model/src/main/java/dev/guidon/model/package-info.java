/**
 * The words of Guidon: scopes, entries, entities, flags, conditions, views, and their JSON forms.
 * No I/O.
 *
 * <p>Start with {@link dev.guidon.model.Flag} for what people write, {@link dev.guidon.model.Entry}
 * for what a log holds, and {@link dev.guidon.model.ScopeState} for how one becomes the other.
 */
@NullMarked
package dev.guidon.model;

import org.jspecify.annotations.NullMarked;
