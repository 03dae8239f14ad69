package dev.guidon.server.config;

import dev.guidon.log.PostgresLog;
import dev.guidon.model.ScopeId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a server process is told, read and checked as a whole.
 *
 * @param database where the log is; {@code null} for a file in the data folder
 * @param upstream present exactly in role {@code edge}
 * @param drain how long requests under way may take when the process is asked to end
 */
public record ServerConfig(
    Role role,
    String region,
    Path data,
    @Nullable Database database,
    Listener control,
    Listener delivery,
    @Nullable Upstream upstream,
    Logging logging,
    Duration drain) {

  /** What a process does. */
  public enum Role {
    ALL,
    CONTROL,
    EDGE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How much is logged. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param tls {@code null} for plain HTTP
   */
  public record Listener(String host, int port, int requestsPerSecond, @Nullable Tls tls) {}

  /**
   * PEM files, read again when they change.
   *
   * @param clientCa the authority of callers' certificates; {@code null} asks for none
   * @param clientRequired whether every caller needs one, or only further edges
   */
  public record Tls(Path certificate, Path key, @Nullable Path clientCa, boolean clientRequired) {}

  /**
   * A database that holds the log.
   *
   * @param user and {@code password}: {@code null} as the URL says
   */
  public record Database(
      String url, @Nullable String user, @Nullable String password, String schema) {
    /** The options as the engine takes them. */
    public PostgresLog.Options options() {
      return PostgresLog.Options.of(url).withUser(user, password).withSchema(schema);
    }

    /** Without the URL's parameters, which may hold a password. */
    @Override
    public String toString() {
      return "Database[url=" + url.replaceFirst("\\?.*", "") + ", schema=" + schema + "]";
    }
  }

  /**
   * What an edge follows.
   *
   * @param edgeKey with which further edges may follow this one; {@code null} admits none
   * @param certificate and {@code key}: this edge's own, for mutual TLS
   */
  public record Upstream(
      URI url,
      String key,
      List<ScopeId> environments,
      @Nullable String edgeKey,
      @Nullable Path ca,
      @Nullable Path certificate,
      @Nullable Path certificateKey) {
    @Override
    public String toString() {
      return "Upstream[url=" + url + ", environments=" + environments + "]";
    }
  }

  /**
   * @param file {@code null} for the standard error stream
   */
  public record Logging(Level level, @Nullable Path file) {}

  /** The result of reading: the values, and for each setting where it came from. */
  public record Read(ServerConfig config, List<Given> givens) {}

  /** Reads and checks everything. Throws {@link ConfigException} with all that is wrong. */
  public static Read read(ConfigSources sources) {
    List<String> problems = new ArrayList<>();
    Values values = new Values(sources, problems);
    Role role = values.choice(Settings.ROLE, Role.class);
    ServerConfig config =
        new ServerConfig(
            role,
            values.text(Settings.REGION, "a name such as eu-central"),
            values.requiredPath(Settings.DATA),
            role == Role.EDGE ? null : database(values),
            listener(
                values,
                Settings.CONTROL_HOST,
                Settings.CONTROL_PORT,
                Settings.CONTROL_RATE,
                Settings.CONTROL_TLS),
            listener(
                values,
                Settings.DELIVERY_HOST,
                Settings.DELIVERY_PORT,
                Settings.DELIVERY_RATE,
                Settings.DELIVERY_TLS),
            role == Role.EDGE ? upstream(values) : null,
            logging(values),
            Duration.ofMillis(values.whole(Settings.DRAIN, 0, 600_000)));
    config.checkTogether(values);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new Read(config, values.givens());
  }

  private static @Nullable Database database(Values values) {
    String url = values.optional(Settings.LOG_URL);
    if (url == null) {
      return null;
    }
    Database database =
        new Database(
            url,
            values.optional(Settings.LOG_USER),
            values.optional(Settings.LOG_PASSWORD),
            values.text(Settings.LOG_SCHEMA, "a name such as guidon"));
    if (!url.startsWith("jdbc:postgresql:")) {
      values.problem(Settings.LOG_URL, "jdbc:postgresql://host/database");
      return null;
    }
    try {
      database.options();
    } catch (IllegalArgumentException e) {
      values.problem(Settings.LOG_SCHEMA, "small letters, digits and _, at most 63");
    }
    return database;
  }

  private static Logging logging(Values values) {
    Path file = values.path(Settings.LOGGING_FILE);
    if (file == null) {
      Path data = values.path(Settings.DATA);
      file = data == null ? null : data.resolve("server.log");
    } else if (file.toString().equals("-")) {
      file = null;
    }
    return new Logging(values.choice(Settings.LOGGING_LEVEL, Level.class), file);
  }

  private static Listener listener(
      Values values, Setting host, Setting port, Setting rate, Settings.TlsSettings tls) {
    return new Listener(
        values.text(host, "a host name or address"),
        values.port(port),
        Math.toIntExact(values.whole(rate, 1, 1_000_000)),
        tls(values, tls));
  }

  private static @Nullable Tls tls(Values values, Settings.TlsSettings settings) {
    Path certificate = values.readableFile(settings.certificate());
    Path key = values.readableFile(settings.key());
    Path clientCa = values.readableFile(settings.clientCa());
    requirePair(values, settings.certificate(), settings.key());
    if (certificate == null && clientCa != null) {
      values.problem(settings.clientCa(), "only together with " + settings.certificate().key());
    }
    boolean clientRequired = values.bool(settings.clientRequired());
    if (clientRequired && clientCa == null) {
      values.problem(settings.clientRequired(), "only together with " + settings.clientCa().key());
    }
    return certificate == null || key == null
        ? null
        : new Tls(certificate, key, clientCa, clientRequired);
  }

  private static void requirePair(Values values, Setting certificate, Setting key) {
    if (values.isSet(certificate) != values.isSet(key)) {
      Setting set = values.isSet(certificate) ? certificate : key;
      Setting missing = set.equals(certificate) ? key : certificate;
      values.problem(set, "together with " + missing.key());
    }
  }

  private static Upstream upstream(Values values) {
    URI url = values.url(Settings.UPSTREAM_URL);
    if (!values.isSet(Settings.UPSTREAM_URL)) {
      values.problem(Settings.UPSTREAM_URL, "the URL that an edge follows");
    }
    Path ca = values.readableFile(Settings.UPSTREAM_TLS_CA);
    Path certificate = values.readableFile(Settings.UPSTREAM_TLS_CERTIFICATE);
    requirePair(values, Settings.UPSTREAM_TLS_CERTIFICATE, Settings.UPSTREAM_TLS_KEY);
    if (ca != null && certificate == null) {
      values.problem(
          Settings.UPSTREAM_TLS_CA, "together with " + Settings.UPSTREAM_TLS_CERTIFICATE.key());
    }
    if (url != null && url.getScheme().equals("http") && (ca != null || certificate != null)) {
      values.problem(Settings.UPSTREAM_URL, "https, because files for TLS are given");
    }
    return new Upstream(
        url == null ? URI.create("http://missing") : url,
        values.text(Settings.UPSTREAM_KEY, "an edge key"),
        environments(values),
        edgeKey(values),
        ca,
        certificate,
        values.readableFile(Settings.UPSTREAM_TLS_KEY));
  }

  private static @Nullable String edgeKey(Values values) {
    String key = values.optional(Settings.UPSTREAM_EDGE_KEY);
    if (key != null && !key.startsWith("gdn_edg_")) {
      values.problem(Settings.UPSTREAM_EDGE_KEY, "an edge key, which begins with gdn_edg_");
    }
    return key;
  }

  private static List<ScopeId> environments(Values values) {
    Set<String> names = new TreeSet<>();
    for (String name :
        values
            .text(Settings.UPSTREAM_ENVIRONMENTS, "a list such as shop/prod,shop/dev")
            .split(",", -1)) {
      names.add(name.strip());
    }
    List<ScopeId> scopes = new ArrayList<>();
    for (String name : names) {
      try {
        if (ScopeId.parse(name) instanceof ScopeId.Environment environment) {
          scopes.add(environment);
          continue;
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      if (values.isSet(Settings.UPSTREAM_ENVIRONMENTS)) {
        values.problem(Settings.UPSTREAM_ENVIRONMENTS, "project/environment, joined by commas");
      }
    }
    return List.copyOf(scopes);
  }

  private void checkTogether(Values values) {
    if (role == Role.ALL && control.port() != 0 && control.port() == delivery.port()) {
      values.problem(Settings.DELIVERY_PORT, "another port than " + Settings.CONTROL_PORT.key());
    }
  }
}
