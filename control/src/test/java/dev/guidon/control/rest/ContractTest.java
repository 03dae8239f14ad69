package dev.guidon.control.rest;

import static dev.guidon.control.rest.Api.PROD;
import static dev.guidon.control.rest.Api.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server and {@code api/openapi.yaml} say the same: every answer of {@link Api} is held against
 * the file.
 */
class ContractTest {
  @TempDir Path folder;

  @Test
  void theServerHasExactlyTheOperationsOfTheContract() throws Exception {
    try (Api api = Api.start(folder)) {
      Map<String, String> served = new HashMap<>();
      api.api.operations().forEach(o -> served.put(o.id(), o.method() + " " + o.path()));

      assertThat(served).isEqualTo(api.contract().operations());
    }
  }

  @Test
  void everyOperationAnswersAsTheContractSays() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("checkout")) {
      walk(api);

      assertThat(api.contract().answered())
          .isEqualTo(new java.util.TreeSet<>(api.contract().operations().keySet()));
    }
  }

  private static void walk(Api api) {
    api.get("/healthz").is(200);
    api.get("/openapi.json").is(200);
    api.get("/openapi.yaml").is(200);
    api.get("/schema/flag.json").is(200);
    api.get("/api/v1/tokens/self").is(200);
    api.get("/api/v1/projects").is(200);
    api.get(SHOP).is(200);
    api.patch(SHOP, "{\"name\":\"The shop\"}").is(200);
    api.get(SHOP + "/environments").is(200);
    api.get(PROD).is(200);
    api.patch(PROD, "{\"protected\":true}").is(200);
    api.get(SHOP + "/flags").is(200);
    api.get(SHOP + "/flags/checkout").is(200);
    api.patch(SHOP + "/flags/checkout", "{\"owner\":\"cart\"}").is(200);
    api.get(SHOP + "/commits").is(200);
    api.post("/api/v1/projects", "{\"key\":\"old\"}").is(201);
    api.delete("/api/v1/projects/old").is(200);

    api.put(PROD + "/segments/beta", "{\"key\":\"beta\",\"included\":[\"u1\"]}").is(201);
    api.get(PROD + "/segments").is(200);
    api.get(PROD + "/segments/beta").is(200);
    api.patch(PROD + "/segments/beta", "{\"excluded\":[\"u9\"]}").is(200);
    api.post(PROD + "/segments/beta/keys", "{\"add\":[\"u2\"]}").is(200);
    api.put(PROD + "/layers/pricing", "{\"key\":\"pricing\"}").is(201);
    api.get(PROD + "/layers").is(200);
    api.get(PROD + "/layers/pricing").is(200);
    api.patch(PROD + "/layers/pricing", "{\"salt\":\"x\"}").is(200);
    api.get(PROD + "/flags").is(200);
    String flag = api.get(PROD + "/flags/checkout").is(200).response().body();
    api.put(
            PROD + "/flags/checkout",
            flag.replace("\"clientVisible\": false", "\"clientVisible\": true"))
        .is(200);
    api.patch(PROD + "/flags/checkout?dryRun=true", "{\"envelope\":{\"on\":true}}").is(200);
    api.patch(PROD + "/flags/checkout", "{\"envelope\":{\"on\":true}}").is(200);
    api.get(PROD + "/lint").is(200);
    api.get(PROD + "/flags/checkout/lint").is(200);
    api.post(PROD + "/explain", "{\"flag\":\"checkout\",\"context\":{\"targetingKey\":\"u1\"}}")
        .is(200);
    api.post(
            PROD + "/commits",
            "{\"changes\":[{\"kind\":\"segment\",\"key\":\"beta\",\"delete\":true}]}")
        .is(200);
    api.get(PROD + "/commits").is(200);
    api.get(PROD + "/commits/1").is(200);
    api.get(PROD + "/state?at=2").is(200);
    api.get(PROD + "/diff?from=1").is(200);
    String last = api.get(PROD + "/commits?limit=1").text("items/0/revision");
    api.post(PROD + "/revert", "{\"commit\":" + last + "}").is(200);
    api.delete(PROD + "/segments/beta").is(200);
    api.delete(PROD + "/layers/pricing").is(200);

    api.post(PROD + "/keys", "{\"name\":\"backend\",\"kind\":\"server\"}").is(201);
    api.get(PROD + "/keys").is(200);
    api.get(PROD + "/keys/backend").is(200);
    api.post(PROD + "/keys/backend/rotate", "{}").is(200);
    api.delete(PROD + "/keys/backend").is(200);
    api.post(
            "/api/v1/credentials",
            "{\"name\":\"ci\",\"kind\":\"service\",\"roles\":[{\"project\":\"shop\",\"role\":\"editor\"}]}")
        .is(201);
    api.get("/api/v1/credentials").is(200);
    api.get("/api/v1/credentials/ci").is(200);
    api.post("/api/v1/credentials/ci/rotate", "{\"overlapSeconds\":60}").is(200);
    api.delete("/api/v1/credentials/ci").is(200);
    api.get("/api/v1/commits").is(200);

    String manifest = "/openfeature/v0/manifest";
    api.get(manifest).is(200);
    api.post(manifest + "/flags", "{\"key\":\"pulled\",\"type\":\"integer\",\"defaultValue\":3}")
        .is(201);
    api.put(
            manifest + "/flags/pulled",
            "{\"key\":\"pulled\",\"type\":\"integer\",\"description\":\"Three.\"}")
        .is(200);
    api.delete(manifest + "/flags/pulled").is(200);

    api.post(SHOP + "/environments", "{\"key\":\"staging\"}").is(201);
    api.post(SHOP + "/environments/staging/promote", "{\"from\":\"prod\"}").is(200);
    api.post(SHOP + "/flags/checkout/archive", null).is(200);
    api.delete(PROD + "/flags/checkout").is(200);
    api.delete(SHOP + "/flags/checkout").is(200);
    api.delete(SHOP + "/environments/staging").is(200);
  }
}
