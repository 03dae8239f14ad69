/** Commands become entries of the log here. */
@NullMarked
package dev.guidon.control;

import org.jspecify.annotations.NullMarked;
