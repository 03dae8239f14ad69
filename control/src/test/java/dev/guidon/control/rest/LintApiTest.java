package dev.guidon.control.rest;

import static dev.guidon.control.rest.Api.PROD;
import static dev.guidon.control.rest.Api.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The linter behind the API: findings with a version of their own, and warnings of dry runs. */
class LintApiTest {
  private static final String TWO_RULES =
      "{\"rules\":[{\"id\":\"all\",\"serve\":{\"variant\":\"off\"}},{\"id\":\"late\",\"serve\":{\"variant\":\"on\"}}]}";

  @TempDir Path folder;

  @Test
  void findingsOfAnEnvironmentAndOfOneFlag() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("checkout").withFlag("other")) {
      api.patch(PROD + "/flags/checkout", TWO_RULES).is(200);

      Api.Answer all = api.get(PROD + "/lint").is(200);
      assertThat(all.text("findings/0/rule")).isEqualTo("unreachable-rule");
      assertThat(all.text("findings/0/severity")).isEqualTo("warning");
      assertThat(all.text("findings/0/pointer")).isEqualTo("/rules/1");
      assertThat(api.get(PROD + "/flags/checkout/lint").is(200).text("findings/0/key"))
          .isEqualTo("checkout");
      assertThat(api.get(PROD + "/flags/other/lint").is(200).response().body())
          .doesNotContain("rule\"");
      api.get(PROD + "/flags/nobody/lint").code(Code.NOT_FOUND);
    }
  }

  @Test
  void sameFindingsHaveTheSameEtag() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("checkout")) {
      String etag = api.get(PROD + "/lint").is(200).header("ETag");

      api.get(PROD + "/lint", "If-None-Match", etag).is(304);
      api.patch(PROD + "/flags/checkout", TWO_RULES).is(200);
      api.get(PROD + "/lint", "If-None-Match", etag).is(200);
    }
  }

  @Test
  void dryRunWarnsOfWhatTheChangeSpoils() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("base").withFlag("checkout")) {
      api.patch(PROD + "/flags/base", "{\"envelope\":{\"on\":true}}").is(200);
      api.patch(
              PROD + "/flags/checkout",
              "{\"prerequisites\":[{\"flag\":\"base\",\"variants\":[\"on\"]}]}")
          .is(200);

      Api.Answer dry =
          api.patch(PROD + "/flags/base?dryRun=true", "{\"envelope\":{\"on\":false}}").is(200);

      assertThat(dry.text("warnings/0/rule")).isEqualTo("prerequisite-never-holds");
      assertThat(dry.text("warnings/0/key")).isEqualTo("checkout");
      assertThat(dry.text("warnings/0/new")).isEqualTo("true");
    }
  }

  @Test
  void dryRunDoesNotCallOldFindingsNew() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("checkout")) {
      api.patch(PROD + "/flags/checkout", TWO_RULES).is(200);

      Api.Answer dry =
          api.patch(
                  PROD + "/flags/checkout?dryRun=true",
                  "{\"rules\":[{\"id\":\"first\",\"if\":{\"attribute\":\"c\",\"op\":\"in\",\"values\":[\"A\"]},\"serve\":{\"variant\":\"off\"}},"
                      + TWO_RULES.substring("{\"rules\":[".length()))
              .is(200);

      assertThat(dry.text("warnings/0/pointer")).isEqualTo("/rules/2");
      assertThat(dry.text("warnings/0/new")).isEqualTo("false");
    }
  }

  @Test
  void ageOfAFlagComesFromTheCatalogAndItsUseFromReports() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("checkout")) {
      api.patch(SHOP + "/flags/checkout", "{\"lifetimeDays\":3}").is(200);
      assertThat(api.get(PROD + "/lint").is(200).response().body()).doesNotContain("past-lifetime");

      api.clock.addAndGet(4L * 24 * 3600 * 1_000_000);

      assertThat(api.get(PROD + "/lint").is(200).response().body())
          .contains("past-lifetime")
          .contains("evaluations unknown");
    }
  }
}
