package dev.guidon.control.rest;

import static dev.guidon.control.rest.Api.PROD;
import static dev.guidon.control.rest.Api.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of credential against every operation: refused, unless this table says otherwise. */
class AuthorizationTest {
  private static final Map<String, Set<Access>> MAY =
      Map.of(
          "admin",
              Set.of(
                  Access.OPEN,
                  Access.SIGNED_IN,
                  Access.VIEW,
                  Access.EDIT,
                  Access.MANAGE,
                  Access.SYSTEM),
          "shop-admin",
              Set.of(Access.OPEN, Access.SIGNED_IN, Access.VIEW, Access.EDIT, Access.MANAGE),
          "shop-editor", Set.of(Access.OPEN, Access.SIGNED_IN, Access.VIEW, Access.EDIT),
          "shop-viewer", Set.of(Access.OPEN, Access.SIGNED_IN, Access.VIEW),
          "bank-admin", Set.of(Access.OPEN, Access.SIGNED_IN),
          "edge", Set.of(Access.OPEN, Access.SIGNED_IN));

  @TempDir Path folder;

  @Test
  void everyCredentialMayDoWhatItsRoleAllowsAndNothingElse() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      Map<String, String> secrets = secrets(api);
      List<String> wrong = new ArrayList<>();

      for (Operation operation : api.api.operations()) {
        if (operation.method().equals("DELETE")
            && operation.path().matches(".*(project|environment)\\}")) {
          continue; // Would take the ground from under the rest; the rule is checked by
          // deleteProject's access below.
        }
        for (var secret : secrets.entrySet()) {
          int status =
              api.sendAs(secret.getValue(), operation.method(), path(operation), body(operation))
                  .response()
                  .statusCode();
          boolean allowed = MAY.get(secret.getKey()).contains(operation.access());
          if (allowed == (status == 401 || status == 403)) {
            wrong.add(secret.getKey() + " " + operation.id() + " " + status);
          }
        }
        int anonymous =
            api.sendAs(null, operation.method(), path(operation), body(operation))
                .response()
                .statusCode();
        if ((anonymous == 401) == (operation.access() == Access.OPEN)) {
          wrong.add("nobody " + operation.id() + " " + anonymous);
        }
      }

      assertThat(wrong).isEmpty();
      assertThat(
              api.sendAs(secrets.get("shop-admin"), "DELETE", SHOP, null).response().statusCode())
          .isEqualTo(403);
      assertThat(
              api.sendAs(secrets.get("shop-editor"), "DELETE", PROD, null).response().statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void aListShowsOnlyProjectsThatTheCallerMaySee() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      String bank = secrets(api).get("bank-admin");

      assertThat(api.sendAs(bank, "GET", "/api/v1/projects", null).is(200).response().body())
          .doesNotContain("shop");
    }
  }

  @Test
  void otherSpellingsOfAnAddressAreNoWayAround() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      for (String path :
          List.of(
              "/healthz/../api/v1/projects",
              "/healthz/%2e%2e/api/v1/projects",
              "//api/v1/projects",
              "/API/v1/projects",
              "/healthz/",
              "/openapi.json/api/v1/projects",
              "/schema/..%2f..%2fopenapi.yaml")) {
        assertThat(api.sendAs(null, "GET", path, null).response().statusCode())
            .as(path)
            .isEqualTo(404);
      }
    }
  }

  @Test
  void tooManyRequestsAndTooManyWrongSecretsAreHeldBack() throws Exception {
    try (Api api = Api.start(folder, ControlOptions.of("127.0.0.1", 0).withRate(1, 5, 3))) {
      for (int i = 0; i < 5; i++) {
        api.get("/api/v1/tokens/self").is(200);
      }
      assertThat(api.get("/api/v1/tokens/self").code(Code.RATE_LIMITED).header("Retry-After"))
          .isEqualTo("1");
      for (int i = 0; i < 3; i++) {
        api.sendAs("gdn_adm_wrong", "GET", "/api/v1/tokens/self", null).code(Code.UNAUTHENTICATED);
      }
      api.sendAs("gdn_adm_wrong", "GET", "/api/v1/tokens/self", null).code(Code.RATE_LIMITED);
    }
  }

  private static Map<String, String> secrets(Api api) {
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put("admin", api.admin);
    secrets.put(
        "shop-admin",
        make(api, "sa", "\"person\",\"roles\":[{\"project\":\"shop\",\"role\":\"admin\"}]"));
    secrets.put(
        "shop-editor",
        make(api, "se", "\"service\",\"roles\":[{\"project\":\"shop\",\"role\":\"editor\"}]"));
    secrets.put(
        "shop-viewer",
        make(api, "sv", "\"person\",\"roles\":[{\"project\":\"shop\",\"role\":\"viewer\"}]"));
    secrets.put(
        "bank-admin",
        make(api, "ba", "\"person\",\"roles\":[{\"project\":\"bank\",\"role\":\"admin\"}]"));
    secrets.put(
        "edge",
        make(
            api,
            "e",
            "\"edge\",\"roles\":[{\"project\":\"*\",\"role\":\"admin\"}],\"environments\":[\"shop/prod\"]"));
    return secrets;
  }

  private static String make(Api api, String name, String kindAndMore) {
    return api.post(
            "/api/v1/credentials", "{\"name\":\"" + name + "\",\"kind\":" + kindAndMore + "}")
        .is(201)
        .text("secret");
  }

  private static String path(Operation operation) {
    return operation
        .path()
        .replace("{project}", "shop")
        .replace("{environment}", "prod")
        .replaceAll("\\{revision\\}", "1")
        .replaceAll("\\{schema\\}", "flag.json")
        .replaceAll("\\{[a-z]+\\}", "x")
        .replaceFirst("^(/openfeature/.*)$", "$1?project=shop");
  }

  /** Nothing that would succeed: only the way in is asked about. */
  private static String body(Operation operation) {
    return operation.bodyBytesMax() > 0 ? "[]" : null;
  }
}
