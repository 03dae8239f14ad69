/**
 * A shop that decides by flags, and a script that shows what happens to it. Start with {@link
 * Demo}.
 */
@NullMarked
package dev.guidon.server.demo;

import org.jspecify.annotations.NullMarked;
