/**
 * The client that applications embed, and the OpenFeature provider over it. Decisions are made in
 * this process, from the last ruleset received; nothing on their path waits, and with every server
 * dead they go on.
 *
 * <p>Start with {@link dev.guidon.sdk.GuidonProvider} for applications that use OpenFeature, {@link
 * dev.guidon.sdk.GuidonClient} for those that do not, and {@link dev.guidon.sdk.InMemoryFlags} for
 * tests.
 */
@NullMarked
package dev.guidon.sdk;

import org.jspecify.annotations.NullMarked;
