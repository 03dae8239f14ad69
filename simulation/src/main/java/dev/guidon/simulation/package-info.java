/** The real cores under one seed and virtual time. */
@NullMarked
package dev.guidon.simulation;

import org.jspecify.annotations.NullMarked;
