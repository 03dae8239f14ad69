package dev.guidon.sdk;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.View;
import dev.guidon.stream.FollowerSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down every view that a client has come to serve. Lives in the SDK's package because a
 * client shows applications their answers, and not its view.
 */
public final class AppliedViews {
  private final GuidonClient client;
  private final List<Applied> applied = new ArrayList<>();

  /**
   * @param hash as the client computed it from what it holds
   */
  public record Applied(Position position, Hash hash) {}

  private AppliedViews(GuidonClient client) {
    this.client = client;
  }

  /**
   * A client that comes back soon after each failure, however many there were: it is here to meet
   * many.
   */
  public static GuidonClient eagerClient(String url, String key) {
    FollowerSettings usual = FollowerSettings.DEFAULT;
    FollowerSettings eager =
        new FollowerSettings(
            /* upstreams= */ 1,
            usual.silenceMillisMax(),
            usual.connectMillisMax(),
            /* backoffMillis= */ 50,
            /* backoffMillisCap= */ 250,
            /* backoffMillisCapLater= */ 250,
            /* unauthorizedMillis= */ 1_000,
            usual.stableMillis(),
            /* pollAfterFailures= */ 0,
            usual.pollMillis(),
            usual.streamAgainMillis(),
            usual.staleAfterMillis(),
            usual.blobAttemptsMax(),
            usual.limits());
    return GuidonClient.builder().url(url).key(key).following(eager).build();
  }

  public static AppliedViews of(GuidonClient client) {
    AppliedViews views = new AppliedViews(client);
    client.listen(event -> views.look());
    views.look();
    return views;
  }

  private synchronized void look() {
    Serving.Live live = client.serving().live();
    if (live == null) {
      return;
    }
    View view = live.ruleset().view();
    if (applied.isEmpty() || !applied.getLast().position().equals(view.position())) {
      applied.add(new Applied(view.position(), view.hash()));
    }
  }

  public synchronized List<Applied> list() {
    return List.copyOf(applied);
  }
}
