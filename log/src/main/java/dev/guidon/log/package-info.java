/** The log: the contract, and the engines that keep it. */
@NullMarked
package dev.guidon.log;

import org.jspecify.annotations.NullMarked;
