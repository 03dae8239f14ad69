package dev.guidon.control.rest;

import static dev.guidon.control.rest.Api.PROD;
import static dev.guidon.control.rest.Api.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.control.rest.Api.Answer;
import dev.guidon.log.Log;
import dev.guidon.log.LogUnavailableException;
import dev.guidon.model.ScopeId;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are made to hurt. */
class HostileRequestsTest {
  private static final ControlOptions FAST =
      ControlOptions.of("127.0.0.1", 0).withRate(100_000, 100_000, 100_000);

  @TempDir Path folder;

  /** Sends bytes as they are and answers everything that comes back until the server closes. */
  private static String raw(Api api, String bytes, int waitMillis) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.api.port())) {
      socket.setSoTimeout(waitMillis);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aMethodThatIsNotAllowedIsAnsweredWithThoseThatAre() throws Exception {
    try (Api api = Api.start(folder)) {
      assertThat(api.delete("/api/v1/projects").code(Code.METHOD_NOT_ALLOWED).header("Allow"))
          .isEqualTo("GET, POST");
    }
  }

  @Test
  void whatIsNotHttpGetsAProblemAndItsConnectionIsClosed() throws Exception {
    try (Api api = Api.start(folder)) {
      assertThat(raw(api, "what is this\r\n\r\n", 10_000))
          .contains(" 400 Bad Request")
          .contains("application/problem+json")
          .contains("BAD_REQUEST");
      assertThat(raw(api, "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n\r\n", 10_000))
          .contains(" 414 ");
      assertThat(raw(api, "GET / HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n\r\n", 10_000))
          .contains(" 431 ");
    }
  }

  @Test
  void wrongSecretsOfANeighbourLockNobodyOut() throws Exception {
    try (Api api =
        Api.start(
            folder, ControlOptions.of("127.0.0.1", 0).withRate(100, 100, /* failures= */ 3))) {
      for (int i = 0; i < 6; i++) {
        api.sendAs("gdn_adm_wrong", "GET", "/api/v1/tokens/self", null);
      }

      api.get("/api/v1/tokens/self").is(200);
      api.sendAs("gdn_adm_wrong", "GET", "/api/v1/tokens/self", null).code(Code.RATE_LIMITED);
    }
  }

  @Test
  void yamlWithTextThatCannotBeWrittenIsRefused() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      api.put(
              PROD + "/segments/b",
              "key: b\nincluded: [\"\\ud800\"]\n",
              "Content-Type",
              "application/yaml")
          .code(Code.INVALID);
      HttpResponse<String> broken =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + api.api.port() + PROD + "/segments/b"))
                      .PUT(
                          HttpRequest.BodyPublishers.ofByteArray(
                              "key: b\nincluded: [\u00ff]\n".getBytes(StandardCharsets.ISO_8859_1)))
                      .header("Content-Type", "application/yaml")
                      .header("Authorization", "Bearer " + api.admin)
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(broken.statusCode()).isEqualTo(422);
    }
  }

  @Test
  void connectionsThatNeverAskAreClosed() throws Exception {
    try (Api api = Api.start(folder, FAST.withRequestMillisMax(1_000));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.api.port())) {
      socket.setSoTimeout(200);
      socket.getOutputStream().write("GET /healthz HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
      long end = System.nanoTime() + 10_000_000_000L;
      boolean closed = false;
      while (!closed && System.nanoTime() < end) {
        try {
          socket.getOutputStream().write("X".getBytes(StandardCharsets.UTF_8)); // A slow header.
          closed = socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException stillOpen) {
          closed = false;
        } catch (IOException e) {
          closed = true;
        }
      }

      assertThat(closed).isTrue();
    }
  }

  @Test
  void whoAsksBeforeSendingIsToldToGoOn() throws Exception {
    try (Api api = Api.start(folder);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.api.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write(
              ("POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + api.admin
                      + "\r\nContent-Type: application/json\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      byte[] first = socket.getInputStream().readNBytes(12);
      assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 100");
    }
  }

  @Test
  void aFlagWhoseCreationBrokeOffIsCompletedUnderTheSameKeyAndMadeOnce() throws Exception {
    int[] failing = {0};
    try (Api api =
        Api.start(folder, FAST, log -> failingAppendsOf(log, ScopeId.of("shop", "prod"), failing))
            .withShop()) {
      String body = "{\"key\":\"banner\",\"type\":\"boolean\"}";
      failing[0] = 1;

      api.post(SHOP + "/flags", body, "Idempotency-Key", "k1").code(Code.UNAVAILABLE);
      api.get(PROD + "/flags/banner").code(Code.NOT_FOUND);
      Answer again = api.post(SHOP + "/flags", body, "Idempotency-Key", "k1").is(201);
      api.post(SHOP + "/flags", body, "Idempotency-Key", "k1").is(201);

      assertThat(again.text("receipts/0/replayed")).isEqualTo("true");
      assertThat(again.text("receipts/1/revision")).isEqualTo("1");
      assertThat(api.get(SHOP + "/commits").text("items/0/revision")).isEqualTo("1");
      assertThat(api.get(PROD + "/commits").text("items/0/revision")).isEqualTo("1");
      assertThat(api.get(PROD + "/flags/banner").text("envelope/on")).isEqualTo("false");
    }
  }

  private static Log failingAppendsOf(Log log, ScopeId scope, int[] times) {
    return (Log)
        Proxy.newProxyInstance(
            Log.class.getClassLoader(),
            new Class<?>[] {Log.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append") && arguments[0].equals(scope) && times[0] > 0) {
                times[0]--;
                throw new LogUnavailableException("cut off", null);
              }
              try {
                return method.invoke(log, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void noWriteHappensInADryRun() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("checkout")) {
      String before =
          api.get("/api/v1/commits").text("items/0/revision")
              + api.get(SHOP + "/commits").text("items/0/revision")
              + api.get(PROD + "/commits").text("items/0/revision");
      String segment = PROD + "/segments/s";
      String dry = "?dryRun=true";
      api.post("/api/v1/projects" + dry, "{\"key\":\"bank\"}").is(200);
      api.post(SHOP + "/environments" + dry, "{\"key\":\"dev\"}").is(200);
      api.patch(PROD + dry, "{\"protected\":true}").is(200);
      api.delete(PROD + dry).is(200);
      api.post(SHOP + "/flags" + dry, "{\"key\":\"f\",\"type\":\"boolean\"}").is(200);
      api.patch(SHOP + "/flags/checkout" + dry, "{\"owner\":\"me\"}").is(200);
      api.post(SHOP + "/flags/checkout/archive" + dry, null).is(200);
      api.delete(SHOP + "/flags/checkout" + dry).is(200);
      api.put(segment + dry, "{\"key\":\"s\",\"included\":[\"u1\"]}").is(200);
      api.post(
              PROD + "/commits" + dry,
              "{\"changes\":[{\"kind\":\"segment\",\"key\":\"s\",\"doc\":{\"key\":\"s\"}}]}")
          .is(200);
      api.post(PROD + "/keys" + dry, "{\"name\":\"k\",\"kind\":\"client\"}").is(200);
      api.post("/api/v1/credentials" + dry, "{\"name\":\"c\",\"kind\":\"person\"}").is(200);
      api.post("/api/v1/credentials/first-admin/rotate" + dry, "{}").is(200);
      api.delete("/api/v1/credentials/first-admin" + dry).is(200);

      assertThat(
              api.get("/api/v1/commits").text("items/0/revision")
                  + api.get(SHOP + "/commits").text("items/0/revision")
                  + api.get(PROD + "/commits").text("items/0/revision"))
          .isEqualTo(before);
    }
  }
}
