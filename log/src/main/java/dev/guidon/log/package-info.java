/**
 * The log: one contract, the engines that keep it, and the operations that every engine shares.
 *
 * <p>{@link dev.guidon.log.Log} is the contract and the place to start.
 */
@NullMarked
package dev.guidon.log;

import org.jspecify.annotations.NullMarked;
