package dev.guidon.edge.core;

import java.util.List;

/**
 * The latest that is known of one consumer.
 *
 * @param key the name of the key that it used
 * @param seenAt when its last report came (epoch microseconds)
 * @param evaluations how many it has reported since it was first seen
 */
public record Presence(
    Report.Client client,
    String key,
    dev.guidon.model.ScopeId scope,
    String region,
    Report.@org.jspecify.annotations.Nullable Applied applied,
    List<Report.Refused> refusals,
    long seenAt,
    long evaluations) {}
