/**
 * The REST API of control; its contract is {@code api/openapi.yaml}.
 *
 * <p>{@link dev.guidon.control.rest.ControlApi} serves it; {@link
 * dev.guidon.control.rest.ControlOptions} says how.
 */
@NullMarked
package dev.guidon.control.rest;

import org.jspecify.annotations.NullMarked;
