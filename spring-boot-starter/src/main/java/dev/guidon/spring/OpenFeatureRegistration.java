package dev.guidon.spring;

import dev.guidon.sdk.GuidonProvider;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.NoOpProvider;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.exceptions.OpenFeatureError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * Puts the provider before OpenFeature's API as long as the context lives. A start waits for the
 * first ruleset, up to the client's time limit, and goes on without it: flags that cannot be had
 * are their callers' defaults, and must not keep an application from starting.
 */
final class OpenFeatureRegistration implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(OpenFeatureRegistration.class);

  private final OpenFeatureAPI api;
  private final GuidonProvider provider;
  private final @Nullable String domain;

  OpenFeatureRegistration(OpenFeatureAPI api, GuidonProvider provider, @Nullable String domain) {
    this.api = api;
    this.provider = provider;
    this.domain = domain;
    try {
      set(provider);
    } catch (OpenFeatureError e) {
      log.warn("Flags are their callers' defaults for now: {}", e.getMessage());
    }
  }

  private void set(FeatureProvider to) {
    if (domain == null) {
      api.setProviderAndWait(to);
    } else {
      api.setProviderAndWait(domain, to);
    }
  }

  Client client() {
    return domain == null ? api.getClient() : api.getClient(domain);
  }

  /** Another context may have put its own provider there meanwhile. */
  @Override
  public void destroy() {
    FeatureProvider now = domain == null ? api.getProvider() : api.getProvider(domain);
    if (now.equals(provider)) {
      set(new NoOpProvider());
    }
    provider.shutdown();
  }
}
