package dev.guidon.benchmarks.eval;

/**
 * Whom an answer is about.
 *
 * @param build a whole number, for "version at least N"
 * @param version the same as a semantic version
 */
public record User(String key, String country, int build, String version) {}
