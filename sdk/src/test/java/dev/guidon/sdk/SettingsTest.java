package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "GUIDON_URL", "https://one.example/, http://two.example:8017",
          "GUIDON_KEY", "gdn_srv_x",
          "GUIDON_REGION", "eu",
          "GUIDON_CACHE_DIR", "/var/cache/guidon");

  @Test
  void environmentFillsWhatCodeLeavesOpen() {
    Settings.Reader reader = new Settings.Reader(VARIABLES::get);

    assertThat(reader.urls(List.of()))
        .containsExactly(URI.create("https://one.example"), URI.create("http://two.example:8017"));
    assertThat(reader.key(null)).isEqualTo("gdn_srv_x");
    assertThat(reader.region(null)).isEqualTo("eu");
    assertThat(reader.cacheDirectory(null)).isEqualTo(Path.of("/var/cache/guidon"));
    reader.throwIfAny();
  }

  @Test
  void codeWinsOverTheEnvironment() {
    Settings.Reader reader = new Settings.Reader(VARIABLES::get);

    assertThat(reader.urls(List.of("http://three.example")))
        .containsExactly(URI.create("http://three.example"));
    assertThat(reader.key("mine")).isEqualTo("mine");
    assertThat(reader.region("us")).isEqualTo("us");
    assertThat(reader.cacheDirectory(Path.of("here"))).isEqualTo(Path.of("here"));
  }

  @Test
  void everythingWrongIsToldAtOnceAndTheKeyIsNot() {
    GuidonClient.Builder builder =
        GuidonClient.builder()
            .environment(name -> null)
            .url("ftp://x")
            .url("http://a b")
            .key("secret key")
            .region("e\n");

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ftp://x")
        .hasMessageContaining("http://a b")
        .hasMessageContaining("key: 10 characters")
        .hasMessageContaining("region")
        .hasMessageNotContaining("secret");
  }

  @Test
  void withoutUrlAndKeyItSaysWhereTheyComeFrom() {
    assertThatThrownBy(() -> GuidonClient.builder().environment(name -> null).build())
        .hasMessageContaining("GUIDON_URL")
        .hasMessageContaining("GUIDON_KEY");
  }
}
