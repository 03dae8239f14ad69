package dev.guidon.edge;

import dev.guidon.model.Hash;
import io.vertx.core.http.HttpMethod;

/**
 * What a request is for. Found by its whole path as it was sent: nothing is normalised, decoded or
 * matched by a prefix that could let a request be checked as one thing and served as another.
 */
sealed interface Route {
  record Health() implements Route {}

  record Ready() implements Route {}

  record Metrics() implements Route {}

  record ViewRead() implements Route {}

  record ViewSnapshotRead(Hash hash) implements Route {}

  record ReplicationRead() implements Route {}

  record ReplicationSnapshotRead(Hash hash) implements Route {}

  record BlobRead(Hash hash) implements Route {}

  record UpstreamReport() implements Route {}

  /** The raw rest of the path, never empty. */
  record OfrepSingle(String rawKey) implements Route {}

  record OfrepBulk() implements Route {}

  record OfrepEvents() implements Route {}

  record Unknown(boolean ofrep) implements Route {}

  String OFREP_FLAGS = "/ofrep/v1/evaluate/flags";

  static Route of(String rawPath) {
    return switch (rawPath) {
      case "/healthz" -> new Health();
      case "/readyz" -> new Ready();
      case "/metrics" -> new Metrics();
      case "/v1/view" -> new ViewRead();
      case "/v1/replication" -> new ReplicationRead();
      case "/v1/upstream" -> new UpstreamReport();
      case OFREP_FLAGS, OFREP_FLAGS + "/" -> new OfrepBulk();
      case "/ofrep/v1/events" -> new OfrepEvents();
      default -> withRest(rawPath);
    };
  }

  private static Route withRest(String rawPath) {
    if (rawPath.startsWith(OFREP_FLAGS + "/")) {
      return new OfrepSingle(rawPath.substring(OFREP_FLAGS.length() + 1));
    }
    int slash = rawPath.lastIndexOf('/');
    String last = rawPath.substring(slash + 1);
    if (slash > 0 && Hash.isHash(last)) {
      Hash hash = new Hash(last);
      return switch (rawPath.substring(0, slash)) {
        case "/v1/view/snapshot" -> new ViewSnapshotRead(hash);
        case "/v1/replication/snapshot" -> new ReplicationSnapshotRead(hash);
        case "/v1/blobs" -> new BlobRead(hash);
        default -> new Unknown(/* ofrep= */ false);
      };
    }
    return new Unknown(rawPath.startsWith("/ofrep/"));
  }

  /** Whether it answers with what flags decide, once per request of an application's user. */
  default boolean isEvaluation() {
    return this instanceof OfrepSingle || this instanceof OfrepBulk;
  }

  default boolean admits(HttpMethod method) {
    return switch (methods()) {
      case GET -> method.equals(HttpMethod.GET);
      case GET_OR_HEAD -> method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
      case POST -> method.equals(HttpMethod.POST);
      default -> false;
    };
  }

  String GET = "GET";
  String GET_OR_HEAD = "GET, HEAD";
  String POST = "POST";

  /** The methods that a route answers, as {@code Allow} lists them. */
  default String methods() {
    return switch (this) {
      case Health _, Ready _, Metrics _ -> GET_OR_HEAD;
      case ViewRead _,
          ViewSnapshotRead _,
          ReplicationRead _,
          ReplicationSnapshotRead _,
          BlobRead _,
          OfrepEvents _ ->
          GET;
      case UpstreamReport _, OfrepSingle _, OfrepBulk _ -> POST;
      case Unknown _ -> "";
    };
  }

  /** A word for logs and metrics: one per route, whatever the path held. */
  default String label() {
    return switch (this) {
      case Health _ -> "health";
      case Ready _ -> "ready";
      case Metrics _ -> "metrics";
      case ViewRead _ -> "view";
      case ViewSnapshotRead _ -> "view-snapshot";
      case ReplicationRead _ -> "replication";
      case ReplicationSnapshotRead _ -> "replication-snapshot";
      case BlobRead _ -> "blob";
      case UpstreamReport _ -> "upstream";
      case OfrepSingle _ -> "ofrep-single";
      case OfrepBulk _ -> "ofrep-bulk";
      case OfrepEvents _ -> "ofrep-events";
      case Unknown _ -> "unknown";
    };
  }

  /** Whether its errors are told in the words of OFREP. */
  default boolean isOfrep() {
    return switch (this) {
      case OfrepSingle _, OfrepBulk _, OfrepEvents _ -> true;
      case Unknown unknown -> unknown.ofrep();
      case Health _,
          Ready _,
          Metrics _,
          ViewRead _,
          ViewSnapshotRead _,
          ReplicationRead _,
          ReplicationSnapshotRead _,
          BlobRead _,
          UpstreamReport _ ->
          false;
    };
  }
}
