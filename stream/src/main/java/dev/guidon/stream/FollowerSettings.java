package dev.guidon.stream;

/**
 * Times and bounds of a follower. The defaults are those of the protocol.
 *
 * @param upstreams how many servers the driver knows; a failure moves on to the next
 * @param silenceMillisMax without a byte for so long the connection counts as dead: three
 *     heartbeats
 * @param connectMillisMax for a connection, a poll or a snapshot to answer at all
 * @param backoffMillis window of the first retry; it doubles with every further failure
 * @param backoffMillisCap until the tenth failure in a row
 * @param backoffMillisCapLater where the cap has grown to after that
 * @param unauthorizedMillis window of retries after a refused key
 * @param stableMillis a connection that lived so long clears the count of failures
 * @param pollAfterFailures failures of streaming in a row until polling takes its place; 0: never
 *     poll
 * @param pollMillis between polls
 * @param streamAgainMillis while polling, how often streaming is tried
 * @param staleAfterMillis without a connection for so long, {@link Output.Stale} is told
 * @param blobAttemptsMax failed attempts for a blob until what needs it is applied without it
 * @param blobMillisMax how long a frame waits for its blobs at most; then it is applied without
 *     them
 */
public record FollowerSettings(
    int upstreams,
    long silenceMillisMax,
    long connectMillisMax,
    long backoffMillis,
    long backoffMillisCap,
    long backoffMillisCapLater,
    long unauthorizedMillis,
    long stableMillis,
    int pollAfterFailures,
    long pollMillis,
    long streamAgainMillis,
    long staleAfterMillis,
    int blobAttemptsMax,
    long blobMillisMax,
    StreamLimits limits) {
  public static final FollowerSettings DEFAULT =
      new FollowerSettings(
          /* upstreams= */ 1,
          /* silenceMillisMax= */ 45_000,
          /* connectMillisMax= */ 30_000,
          /* backoffMillis= */ 250,
          /* backoffMillisCap= */ 30_000,
          /* backoffMillisCapLater= */ 300_000,
          /* unauthorizedMillis= */ 300_000,
          /* stableMillis= */ 10_000,
          /* pollAfterFailures= */ 5,
          /* pollMillis= */ 30_000,
          /* streamAgainMillis= */ 300_000,
          /* staleAfterMillis= */ 10_000,
          /* blobAttemptsMax= */ 8,
          /* blobMillisMax= */ 10_000,
          StreamLimits.DEFAULT);

  public FollowerSettings {
    if (upstreams < 1) {
      throw new IllegalArgumentException("upstreams: " + upstreams + " (expected: at least 1)");
    }
  }

  /** With the usual bound on waiting for blobs. */
  public FollowerSettings(
      int upstreams,
      long silenceMillisMax,
      long connectMillisMax,
      long backoffMillis,
      long backoffMillisCap,
      long backoffMillisCapLater,
      long unauthorizedMillis,
      long stableMillis,
      int pollAfterFailures,
      long pollMillis,
      long streamAgainMillis,
      long staleAfterMillis,
      int blobAttemptsMax,
      StreamLimits limits) {
    this(
        upstreams,
        silenceMillisMax,
        connectMillisMax,
        backoffMillis,
        backoffMillisCap,
        backoffMillisCapLater,
        unauthorizedMillis,
        stableMillis,
        pollAfterFailures,
        pollMillis,
        streamAgainMillis,
        staleAfterMillis,
        blobAttemptsMax,
        /* blobMillisMax= */ 10_000,
        limits);
  }

  public FollowerSettings withUpstreams(int count) {
    return new FollowerSettings(
        count,
        silenceMillisMax,
        connectMillisMax,
        backoffMillis,
        backoffMillisCap,
        backoffMillisCapLater,
        unauthorizedMillis,
        stableMillis,
        pollAfterFailures,
        pollMillis,
        streamAgainMillis,
        staleAfterMillis,
        blobAttemptsMax,
        blobMillisMax,
        limits);
  }

  public FollowerSettings withLimits(StreamLimits changed) {
    return new FollowerSettings(
        upstreams,
        silenceMillisMax,
        connectMillisMax,
        backoffMillis,
        backoffMillisCap,
        backoffMillisCapLater,
        unauthorizedMillis,
        stableMillis,
        pollAfterFailures,
        pollMillis,
        streamAgainMillis,
        staleAfterMillis,
        blobAttemptsMax,
        blobMillisMax,
        changed);
  }

  public FollowerSettings withPolling(
      int afterFailures, long everyMillis, long tryStreamingMillis) {
    return new FollowerSettings(
        upstreams,
        silenceMillisMax,
        connectMillisMax,
        backoffMillis,
        backoffMillisCap,
        backoffMillisCapLater,
        unauthorizedMillis,
        stableMillis,
        afterFailures,
        everyMillis,
        tryStreamingMillis,
        staleAfterMillis,
        blobAttemptsMax,
        blobMillisMax,
        limits);
  }
}
