package dev.guidon.benchmarks.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** The requests that are sent, one for each of 1,024 users, as bytes. */
final class Requests {
  static final int USERS = 1024;

  private Requests() {}

  static ByteBuffer[] of(int port) {
    var all = new ByteBuffer[USERS];
    for (int user = 0; user < USERS; user++) {
      String body =
          ("{\"context\":{\"targetingKey\":\"user-%d\",\"country\":\"DE\",\"plan\":\"premium\","
                  + "\"version\":%d,\"beta\":%b,\"email\":\"user-%d@example.com\"}}")
              .formatted(user, 100 + user % 50, user % 2 == 0, user);
      String head =
          """
          POST /ofrep/v1/evaluate/flags/checkout HTTP/1.1\r
          Host: 127.0.0.1:%d\r
          Authorization: Bearer %s\r
          Content-Type: application/json\r
          Content-Length: %d\r
          \r
          """
              .formatted(port, EdgeServer.SECRET, body.length());
      byte[] bytes = (head + body).getBytes(US_ASCII);
      all[user] = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
    return all;
  }
}
