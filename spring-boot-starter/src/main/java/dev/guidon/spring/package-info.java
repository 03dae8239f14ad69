/**
 * Guidon in a Spring Boot application: on the class path, it makes a client from the properties
 * {@code guidon.*}, puts it before OpenFeature, and tells health and metrics how it stands. Start
 * at {@link dev.guidon.spring.GuidonProperties}; the beans are made in {@link
 * dev.guidon.spring.GuidonAutoConfiguration}.
 */
@NullMarked
package dev.guidon.spring;

import org.jspecify.annotations.NullMarked;
