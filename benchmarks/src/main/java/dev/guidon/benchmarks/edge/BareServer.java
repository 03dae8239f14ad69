package dev.guidon.benchmarks.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The floor: Vert.x core on one event loop that reads the context's fields with Jackson's streaming
 * parser, looks one up, and answers with bytes that it was given.
 */
public final class BareServer {
  private static final JsonFactory JSON = new JsonFactory();

  private BareServer() {}

  /** Arguments: the file that holds the answer's bytes. */
  public static void main(String[] args) throws IOException {
    Buffer answer = Buffer.buffer(java.nio.file.Files.readAllBytes(java.nio.file.Path.of(args[0])));
    var server = Vertx.vertx().createHttpServer();
    server.requestHandler(request -> request.bodyHandler(body -> reply(request, body, answer)));
    var listening = server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    System.out.println("port " + listening.actualPort());
  }

  private static void reply(HttpServerRequest request, Buffer body, Buffer answer) {
    boolean isKnown = context(body).get("country") instanceof String;
    request.response().setStatusCode(isKnown ? 200 : 400);
    var _ = request.response().putHeader("Content-Type", "application/json").end(answer);
  }

  private static Map<String, Object> context(Buffer body) {
    Map<String, Object> context = new HashMap<>();
    try (JsonParser parser = JSON.createParser(body.getBytes())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        parser.nextToken(); // The context's brace: requests have no other member.
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          switch (parser.nextToken()) {
            case VALUE_STRING -> context.put(name, parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> context.put(name, parser.getBooleanValue());
            default -> context.put(name, parser.getDoubleValue());
          }
        }
      }
    } catch (IOException _) {
      return Map.of();
    }
    return context;
  }
}
