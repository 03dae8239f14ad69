/** Frames, the follower's state machine, views and their disk format. */
@NullMarked
package dev.guidon.stream;

import org.jspecify.annotations.NullMarked;
