/**
 * JSON as Guidon reads, holds and writes it: strict reading with places in every complaint,
 * immutable values, and one canonical form (RFC 8785) that is hashed and stored.
 *
 * <p>Start with {@link dev.guidon.model.json.Json} for values, {@link
 * dev.guidon.model.json.JsonReader} for input and {@link dev.guidon.model.json.CanonicalJson} for
 * output. There are no dependencies, so that the SDK can embed it.
 */
@NullMarked
package dev.guidon.model.json;

import org.jspecify.annotations.NullMarked;
