/**
 * The OpenFeature Remote Evaluation Protocol 0.3.0 on top of a ruleset: bytes of a body in, status
 * and bytes of a body out. Start at {@link dev.guidon.edge.ofrep.Ofrep}.
 */
@NullMarked
package dev.guidon.edge.ofrep;

import org.jspecify.annotations.NullMarked;
