/** The follower that serves applications. */
@NullMarked
package dev.guidon.edge;

import org.jspecify.annotations.NullMarked;
