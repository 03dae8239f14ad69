/** The client that applications embed. */
@NullMarked
package dev.guidon.sdk;

import org.jspecify.annotations.NullMarked;
