/**
 * How changes travel and how a follower keeps up with them: frames, the follower as a state
 * machine, feeds, clocks and the disk format. No I/O, no threads, no clock of its own: drivers
 * carry out what the cores ask for.
 *
 * <p>Start with {@link dev.guidon.stream.Follower} for the receiving end, {@link
 * dev.guidon.stream.ViewFeed} and {@link dev.guidon.stream.LogFeed} for the sending end, and {@link
 * dev.guidon.stream.StateStore} for what is kept.
 */
@NullMarked
package dev.guidon.stream;

import org.jspecify.annotations.NullMarked;
