package dev.guidon.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.engine.Context;
import dev.guidon.sdk.ClientStatus;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.InMemoryFlags;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Timeout(60)
class GuidonAutoConfigurationTest {
  private static final String NOBODY = "guidon.url=http://127.0.0.1:1";

  @TempDir Path folder;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class ApplicationWithFlags {
    @Bean
    GuidonClient flags() {
      return InMemoryFlags.of("checkout", true).client();
    }
  }

  private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
    SpringApplication made =
        new SpringApplicationBuilder(application)
            .web(WebApplicationType.NONE)
            .properties(properties)
            .build();
    return made.run();
  }

  private String offline() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("flags.json"),
            """
            {"flags":[{"envelope":{"key":"checkout","type":"boolean","on":true,
              "variants":{"on":true,"off":false},"offVariant":"off"},
              "default":{"variant":"on"},"salt":"checkout"}]}\
            """);
    return "guidon.offline-file=" + file;
  }

  private static Health health(ConfigurableApplicationContext context) {
    Health health = context.getBean("guidonHealthIndicator", HealthIndicator.class).health();
    return java.util.Objects.requireNonNull(health);
  }

  @Test
  void propertiesMakeAClientBeforeOpenFeatureWithHealthAndGauges() throws IOException {
    try (ConfigurableApplicationContext context = start(Application.class, offline())) {
      GuidonClient client = context.getBean(GuidonClient.class);
      Client openFeature = context.getBean(Client.class);
      MeterRegistry meters = context.getBean(MeterRegistry.class);

      assertThat(client.booleanValue("checkout", Context.of("u1"), false)).isTrue();
      assertThat(openFeature.getBooleanValue("checkout", false)).isTrue();
      assertThat(OpenFeatureAPI.getInstance().getClient().getBooleanValue("checkout", false))
          .isTrue();
      assertThat(health(context).getStatus()).isEqualTo(Status.UP);
      assertThat(health(context).getDetails())
          .containsEntry("status", "READY")
          .containsKey("position");
      assertThat(meters.get("guidon.client.ready").gauge().value()).isEqualTo(1);
      assertThat(meters.get("guidon.client.following").gauge().value()).isEqualTo(1);
      assertThat(meters.get("guidon.client.revision").gauge().value()).isPositive();
      assertThat(meters.get("guidon.client.staleness").timeGauge().value()).isNotNegative();
    }
  }

  @Test
  void clientEndsWithItsContext() throws IOException {
    ConfigurableApplicationContext context = start(Application.class, offline());
    GuidonClient client = context.getBean(GuidonClient.class);
    HealthIndicator health = context.getBean("guidonHealthIndicator", HealthIndicator.class);

    context.close();

    assertThat(client.status()).isEqualTo(ClientStatus.SHUT_DOWN);
    assertThat(java.util.Objects.requireNonNull(health.health()).getStatus())
        .isEqualTo(Status.DOWN);
    assertThat(OpenFeatureAPI.getInstance().getProvider().getMetadata().getName())
        .isNotEqualTo("guidon");
  }

  @Test
  void serverThatIsNotThereKeepsNoApplicationFromStarting() {
    try (ConfigurableApplicationContext context =
        start(Application.class, NOBODY, "guidon.key=k", "guidon.init-timeout=100ms")) {
      Client flags = context.getBean(Client.class);

      assertThat(flags.getBooleanValue("checkout", true)).isTrue();
      assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
      assertThat(health(context).getDetails()).containsEntry("status", "NOT_READY");
    }
  }

  @Test
  void startWithoutAddressOrKeySaysWhatIsMissing() {
    assertThatThrownBy(() -> start(Application.class, "guidon.certificate-chain=x").close())
        .hasStackTraceContaining("guidon.private-key");
    assertThatThrownBy(() -> start(Application.class).close())
        .hasStackTraceContaining("url: absent")
        .hasStackTraceContaining("key: absent");
  }

  @Test
  void beanOfTheApplicationsOwnTakesThePlace() {
    try (ConfigurableApplicationContext context = start(ApplicationWithFlags.class)) {
      assertThat(context.getBean(Client.class).getBooleanValue("checkout", false)).isTrue();
      assertThat(health(context).getStatus()).isEqualTo(Status.UP);
    }
  }

  @Test
  void domainAndSwitchesAreHeeded() throws IOException {
    try (ConfigurableApplicationContext context =
        start(Application.class, offline(), "guidon.open-feature.domain=shop")) {
      assertThat(context.getBean(Client.class).getBooleanValue("checkout", false)).isTrue();
      assertThat(OpenFeatureAPI.getInstance().getClient("shop").getBooleanValue("checkout", false))
          .isTrue();
      assertThat(OpenFeatureAPI.getInstance().getClient().getBooleanValue("checkout", false))
          .isFalse();
    }
    try (ConfigurableApplicationContext context =
        start(
            Application.class,
            offline(),
            "guidon.open-feature.enabled=false",
            "management.health.guidon.enabled=false")) {
      assertThat(context.getBeanNamesForType(GuidonClient.class)).isNotEmpty();
      assertThat(context.getBeanNamesForType(Client.class)).isEmpty();
      assertThat(context.containsBean("guidonHealthIndicator")).isFalse();
    }
    try (ConfigurableApplicationContext context =
        start(Application.class, "guidon.enabled=false")) {
      assertThat(context.getBeanNamesForType(GuidonClient.class)).isEmpty();
    }
  }

  @Test
  void withoutActuatorAndMicrometerItWorksAllTheSame() throws IOException {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GuidonAutoConfiguration.class))
        .withPropertyValues(offline())
        .withClassLoader(
            new FilteredClassLoader("io.micrometer", "org.springframework.boot.health"))
        .run(context -> {
          assertThat(context).hasNotFailed().hasSingleBean(GuidonClient.class);
          assertThat(context.getBean(Client.class).getBooleanValue("checkout", false)).isTrue();
          assertThat(context).doesNotHaveBean("guidonMetrics");
        });
  }

  @Test
  void keyStaysOutOfLogs() {
    try (ConfigurableApplicationContext context =
        start(Application.class, NOBODY, "guidon.key=gdn_srv_secret", "guidon.init-timeout=1ms")) {
      assertThat(context.getBean(GuidonProperties.class).toString())
          .contains("127.0.0.1")
          .doesNotContain("secret");
    }
  }
}
