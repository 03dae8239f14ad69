package dev.guidon.spring;

import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.GuidonProvider;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The beans: a client, its provider registered with OpenFeature, a client of OpenFeature, and,
 * where an application has them, a health indicator and gauges. A bean of the application's own
 * takes the place of any of them.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "guidon.enabled", matchIfMissing = true)
@EnableConfigurationProperties(GuidonProperties.class)
public final class GuidonAutoConfiguration {

  /** Ended with the context, which sends the last counts. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  GuidonClient guidonClient(GuidonProperties properties, Environment environment)
      throws IOException {
    return properties.offlineFile() == null
        ? builder(properties, environment).build()
        : GuidonClient.offline(properties.offlineFile());
  }

  private static GuidonClient.Builder builder(
      GuidonProperties properties, Environment environment) {
    GuidonClient.Builder builder =
        GuidonClient.builder()
            .initTimeout(properties.initTimeout())
            .errorAfter(properties.errorAfter())
            .reportEvery(properties.reportEvery())
            .privateAttributes(properties.privateAttributes().toArray(String[]::new));
    properties.url().forEach(builder::url);
    String name =
        properties.name() == null
            ? environment.getProperty("spring.application.name")
            : properties.name();
    if (name != null) {
      builder.name(name);
    }
    if (properties.key() != null) {
      builder.key(properties.key());
    }
    if (properties.region() != null) {
      builder.region(properties.region());
    }
    if (properties.cacheDir() != null) {
      builder.cacheDirectory(properties.cacheDir());
    }
    if (!properties.samples()) {
      builder.withoutSamples();
    }
    return withTls(properties, builder);
  }

  private static GuidonClient.Builder withTls(
      GuidonProperties properties, GuidonClient.Builder builder) {
    if (properties.trust() != null) {
      builder.trust(properties.trust());
    }
    if (properties.certificateChain() != null && properties.privateKey() != null) {
      builder.identity(properties.certificateChain(), properties.privateKey());
    } else if (properties.certificateChain() != null || properties.privateKey() != null) {
      throw new IllegalArgumentException(
          "guidon.certificate-chain and guidon.private-key: one of them (expected: both or none)");
    }
    return builder;
  }

  /** OpenFeature, unless {@code guidon.open-feature.enabled} is false. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBooleanProperty(name = "guidon.open-feature.enabled", matchIfMissing = true)
  static class OpenFeature {

    /** Shut down by who registers it. */
    @Bean(destroyMethod = "")
    @ConditionalOnMissingBean
    GuidonProvider guidonProvider(GuidonClient client) {
      return GuidonProvider.of(client);
    }

    @Bean
    OpenFeatureRegistration guidonOpenFeatureRegistration(
        GuidonProvider provider, GuidonProperties properties) {
      return new OpenFeatureRegistration(
          OpenFeatureAPI.getInstance(), provider, properties.openFeature().domain());
    }

    @Bean
    @ConditionalOnMissingBean
    Client openFeatureClient(OpenFeatureRegistration registration) {
      return registration.client();
    }
  }

  /** Health, where the application has it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(HealthIndicator.class)
  @ConditionalOnBooleanProperty(name = "management.health.guidon.enabled", matchIfMissing = true)
  static class Health {
    @Bean
    @ConditionalOnMissingBean(name = "guidonHealthIndicator")
    HealthIndicator guidonHealthIndicator(GuidonClient client) {
      return new GuidonHealthIndicator(client);
    }
  }

  /** Metrics, where the application has Micrometer. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class Metrics {
    @Bean
    @ConditionalOnMissingBean(name = "guidonMetrics")
    MeterBinder guidonMetrics(GuidonClient client) {
      return new GuidonMetrics(client);
    }
  }
}
