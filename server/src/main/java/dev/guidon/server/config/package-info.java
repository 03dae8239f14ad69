/**
 * What an operator may set: each setting by flag, environment variable or file, all problems
 * reported at once. Start with {@link dev.guidon.server.config.Settings} for the list and {@link
 * dev.guidon.server.config.ServerConfig} for the result.
 */
@NullMarked
package dev.guidon.server.config;

import org.jspecify.annotations.NullMarked;
