package dev.guidon.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.guidon.model.ScopeId;
import dev.guidon.server.config.ServerConfig.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServerConfigTest {
  @TempDir Path folder;

  static Stream<Setting> plainSettings() {
    return Settings.all().stream().filter(setting -> !setting.secret());
  }

  /** A value that is valid for the setting and different from each other source's. */
  private String value(Setting setting, int n) throws IOException {
    return switch (setting.key()) {
      case "role" -> List.of("control", "all", "control").get(n);
      case "logging.level" -> List.of("error", "warn", "debug").get(n);
      case "log.url" -> "jdbc:postgresql://host" + n + "/guidon";
      case "upstream.url" -> "https://host" + n + ":1";
      case "upstream.environments" -> "shop/env" + n;
      case "region",
          "data",
          "control.host",
          "delivery.host",
          "logging.file",
          "log.user",
          "log.schema" ->
          "x" + n;
      case "control.tls.client-required", "delivery.tls.client-required" ->
          List.of("false", "true", "false").get(n);
      case "control.requests-per-second",
          "delivery.requests-per-second",
          "control.port",
          "delivery.port",
          "shutdown.drain-millis" ->
          "10" + n;
      default -> Files.writeString(folder.resolve(setting.key() + n + ".pem"), "pem").toString();
    };
  }

  /** Files for TLS are only valid together. */
  private Map<String, String> companions(Setting setting) throws IOException {
    Map<String, String> all = new HashMap<>();
    for (String prefix : List.of("control.tls", "delivery.tls", "upstream.tls")) {
      if (setting.key().startsWith(prefix)) {
        for (String end : List.of(".certificate", ".key", ".client-ca")) {
          if (prefix.startsWith("upstream") && end.equals(".client-ca")) {
            continue;
          }
          if (!setting.key().equals(prefix + end)) {
            Path file = Files.writeString(folder.resolve(prefix + end), "pem");
            all.put("--" + (prefix + end).replace('.', '-'), file.toString());
          }
        }
      }
    }
    return all;
  }

  private String effective(Setting setting, ConfigSources sources) {
    return ServerConfig.read(sources).givens().stream()
        .filter(given -> given.setting().equals(setting))
        .map(given -> given.value() + " from " + given.source())
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("plainSettings")
  void flagBeatsEnvironmentBeatsFileBeatsDefault(Setting setting) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("guidon.yaml"),
            "\"" + setting.key() + "\": \"" + value(setting, 0) + "\"\n");
    Map<String, String> others = companions(setting);
    Map<String, String> flags = new HashMap<>(others);
    flags.put(setting.flag(), value(setting, 2));
    Map<String, String> environment = Map.of(setting.variable(), value(setting, 1));

    String fromFlag = effective(setting, new ConfigSources(flags, environment, file));
    String fromEnvironment = effective(setting, new ConfigSources(others, environment, file));
    String fromFile = effective(setting, new ConfigSources(others, Map.of(), file));

    assertThat(fromFlag).isEqualTo(value(setting, 2) + " from flag " + setting.flag());
    assertThat(fromEnvironment)
        .isEqualTo(value(setting, 1) + " from environment " + setting.variable());
    assertThat(fromFile).isEqualTo(value(setting, 0) + " from file " + file + ", line 1");
  }

  @Test
  void settingsNobodyGivesHaveTheirDefaults() {
    ServerConfig config = ServerConfig.read(new ConfigSources(Map.of(), Map.of(), null)).config();

    assertThat(config.role()).isEqualTo(Role.ALL);
    assertThat(config.control()).isEqualTo(new ServerConfig.Listener("127.0.0.1", 8016, 200, null));
    assertThat(config.delivery())
        .isEqualTo(new ServerConfig.Listener("127.0.0.1", 8017, 20_000, null));
    assertThat(config.data()).isEqualTo(Path.of("./guidon-data"));
    assertThat(config.logging().file()).isEqualTo(Path.of("./guidon-data/server.log"));
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.upstream()).isNull();
  }

  @Test
  void fileMayNestAndListValues() throws IOException {
    Path secret = Files.writeString(folder.resolve("key"), "gdn_edg_abc\n");
    Path file =
        Files.writeString(
            folder.resolve("edge.yaml"),
            """
            role: edge
            upstream:
              url: https://control.example:8017
              key-file: %s
              environments: [shop/prod, shop/dev]
            """
                .formatted(secret));

    ServerConfig.Read read = ServerConfig.read(new ConfigSources(Map.of(), Map.of(), file));

    ServerConfig.Upstream upstream = read.config().upstream();
    assertThat(upstream.url()).isEqualTo(URI.create("https://control.example:8017"));
    assertThat(upstream.key()).isEqualTo("gdn_edg_abc");
    assertThat(upstream.environments())
        .containsExactly(ScopeId.of("shop", "dev"), ScopeId.of("shop", "prod"));
    assertThat(read.givens().toString()).contains("file " + file + ", line 4");
  }

  @Test
  void secretIsNeitherAFlagNorShown() throws IOException {
    Path secret = Files.writeString(folder.resolve("key"), "gdn_edg_abc");

    ServerConfig.Read read =
        ServerConfig.read(
            new ConfigSources(
                Map.of(), Map.of("GUIDON_UPSTREAM_KEY_FILE", secret.toString()), null));

    Given given =
        read.givens().stream()
            .filter(g -> g.setting().key().equals("upstream.key"))
            .findFirst()
            .orElseThrow();
    assertThat(given.shown()).isEqualTo("(secret, 11 characters)");
    assertThat(given.source()).isEqualTo("environment GUIDON_UPSTREAM_KEY_FILE (" + secret + ")");
    assertThat(Settings.flags()).extracting(Setting::flag).doesNotContain("--upstream-key");
  }

  @Test
  void allProblemsAreReportedAtOnceWithValueExpectationAndSource() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.yaml"),
            """
            role: edge
            control:
              prot: 80
              port: eighty
            logging.level: loud
            logging:
              level: info
            """);
    Map<String, String> flags =
        Map.of(
            "--delivery-port",
            "70000",
            "--delivery-tls-certificate",
            folder.resolve("none.pem").toString());
    Map<String, String> environment =
        Map.of(
            "GUIDON_SHUTDOWN_DRAIN_MILLI",
            "5",
            "GUIDON_SHUTDOWN_DRAIN_MILLIS",
            "-1",
            "GUIDON_TOKEN",
            "not ours");

    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class,
            () -> ServerConfig.read(new ConfigSources(flags, environment, file)));

    assertThat(refused.problems())
        .containsExactlyInAnyOrder(
            "control.prot: no such setting (expected: perhaps control.port) from file "
                + file
                + ", line 3",
            "control.port: \"eighty\" (expected: a whole number from 0 to 65535) from file "
                + file
                + ", line 4",
            "file "
                + file
                + ", line 7: logging.level: set again (expected: once; see file "
                + file
                + ", line 5)",
            "logging.level: \"loud\" (expected: one of error, warn, info, debug) from file "
                + file
                + ", line 5",
            "delivery.port: \"70000\" (expected: a whole number from 0 to 65535) from flag --delivery-port",
            "delivery.tls.certificate: \""
                + folder.resolve("none.pem")
                + "\" (expected: a file that can be read) from flag --delivery-tls-certificate",
            "delivery.tls.certificate: \""
                + folder.resolve("none.pem")
                + "\" (expected: together with delivery.tls.key) from flag --delivery-tls-certificate",
            "GUIDON_SHUTDOWN_DRAIN_MILLI: no such setting (expected: perhaps GUIDON_SHUTDOWN_DRAIN_MILLIS)"
                + " from environment",
            "shutdown.drain-millis: \"-1\" (expected: a whole number from 0 to 600000)"
                + " from environment GUIDON_SHUTDOWN_DRAIN_MILLIS",
            "upstream.url: not set (expected: the URL that an edge follows) from default",
            "upstream.key: not set (expected: an edge key) from default",
            "upstream.environments: not set (expected: a list such as shop/prod,shop/dev) from default");
    assertThat(refused).hasMessageStartingWith("configuration: 12 problems\n");
  }

  @Test
  void fileThatIsNotYamlIsOneProblem() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.yaml"), "role: [all\n");

    assertThatThrownBy(() -> ServerConfig.read(new ConfigSources(Map.of(), Map.of(), file)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("file " + file + ": is not YAML");
  }
}
