package dev.guidon.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code guidon.*}. What is left out is the client's own default, which may come
 * from {@code GUIDON_URL} and its like.
 *
 * @param enabled whether there are any beans of Guidon
 * @param url of edges that serve the same environment, in the order in which they are tried
 * @param key the SDK key; it names the environment
 * @param region whose view is served; left out, the first edge's
 * @param cacheDir where the last ruleset is kept; left out, nothing is kept
 * @param name of the application in the server's lists; left out, {@code spring.application.name}
 * @param initTimeout how long a start waits for the first ruleset
 * @param errorAfter how long a connection may be lost before that is an error
 * @param reportEvery how often counts and samples go upstream
 * @param samples whether sample contexts go upstream
 * @param privateAttributes never leave the process
 * @param trust authorities in a PEM file, instead of those of the Java platform
 * @param certificateChain shown to the server, a PEM file; with {@code privateKey}
 * @param privateKey of the certificate: unencrypted PKCS#8
 * @param offlineFile flags from this file, and no connection at all
 * @param openFeature how the client stands before OpenFeature
 */
@ConfigurationProperties("guidon")
public record GuidonProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue List<String> url,
    @Nullable String key,
    @Nullable String region,
    @Nullable Path cacheDir,
    @Nullable String name,
    @DefaultValue("5s") Duration initTimeout,
    @DefaultValue("30s") Duration errorAfter,
    @DefaultValue("10s") Duration reportEvery,
    @DefaultValue("true") boolean samples,
    @DefaultValue List<String> privateAttributes,
    @Nullable Path trust,
    @Nullable Path certificateChain,
    @Nullable Path privateKey,
    @Nullable Path offlineFile,
    @DefaultValue OpenFeature openFeature) {

  /**
   * The properties {@code guidon.open-feature.*}.
   *
   * @param enabled whether OpenFeature's API gets a provider
   * @param domain that the provider is for; left out, it is the one for everything
   */
  public record OpenFeature(@DefaultValue("true") boolean enabled, @Nullable String domain) {}

  /** Without the key, which must not get into logs. */
  @Override
  public String toString() {
    return "guidon" + url + (offlineFile == null ? "" : " " + offlineFile);
  }
}
