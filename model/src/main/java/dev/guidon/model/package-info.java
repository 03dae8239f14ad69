/** The words of Guidon, their validation and their canonical JSON. */
@NullMarked
package dev.guidon.model;

import org.jspecify.annotations.NullMarked;
