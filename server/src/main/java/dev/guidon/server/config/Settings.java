package dev.guidon.server.config;

import java.util.ArrayList;
import java.util.List;

/** Every setting of the server, in the order in which help and reports show them. */
public final class Settings {
  static final Setting ROLE =
      Setting.of("role", "ROLE", "all", "What this process does: all, control or edge.");
  static final Setting REGION =
      Setting.of(
          "region", "NAME", "local", "The region whose view this process serves by default.");
  static final Setting DATA =
      Setting.of("data", "DIR", "./guidon-data", "Where the log and the edge's copy are kept.");

  static final Setting LOG_URL =
      Setting.of(
          "log.url",
          "URL",
          null,
          "Where the log is, such as jdbc:postgresql://host/database; unset is a file in the data folder.");
  static final Setting LOG_USER = Setting.of("log.user", "NAME", null, "User of that database.");
  static final Setting LOG_PASSWORD =
      Setting.secret("log.password", "PASSWORD", "Password of that user.");
  static final Setting LOG_SCHEMA =
      Setting.of(
          "log.schema", "NAME", "guidon", "Schema of that database; made when it is not there.");

  static final Setting CONTROL_HOST =
      Setting.of("control.host", "HOST", "127.0.0.1", "Address of the API's listener.");
  static final Setting CONTROL_PORT =
      Setting.of("control.port", "PORT", "8016", "Port of the API's listener; 0 takes a free one.");
  static final Setting CONTROL_RATE =
      Setting.of(
          "control.requests-per-second",
          "COUNT",
          "200",
          "What one credential may ask of the API; five times as much at once.");
  static final TlsSettings CONTROL_TLS = TlsSettings.under("control.tls", "the API's listener");

  static final Setting DELIVERY_HOST =
      Setting.of(
          "delivery.host",
          "HOST",
          "127.0.0.1",
          "Address of the listener for SDKs, OFREP and edges.");
  static final Setting DELIVERY_PORT =
      Setting.of("delivery.port", "PORT", "8017", "Port of that listener; 0 takes a free one.");
  static final Setting DELIVERY_RATE =
      Setting.of(
          "delivery.requests-per-second",
          "COUNT",
          "20000",
          "What one key may ask of delivery; twice as much at once.");
  static final TlsSettings DELIVERY_TLS =
      TlsSettings.under("delivery.tls", "the delivery listener");

  static final Setting UPSTREAM_URL =
      Setting.of(
          "upstream.url", "URL", null, "Role edge: the delivery listener that this edge follows.");
  static final Setting UPSTREAM_KEY =
      Setting.secret("upstream.key", "KEY", "Role edge: its edge key (gdn_edg_...).");
  static final Setting UPSTREAM_ENVIRONMENTS =
      Setting.of(
          "upstream.environments",
          "LIST",
          null,
          "Role edge: what it follows, such as shop/prod,shop/dev.");
  static final Setting UPSTREAM_EDGE_KEY =
      Setting.secret(
          "upstream.edge-key",
          "KEY",
          "Role edge: an edge key with which further edges may follow this one.");
  static final Setting UPSTREAM_TLS_CA =
      Setting.of(
          "upstream.tls.ca",
          "FILE",
          null,
          "Role edge: PEM file of the authority it trusts upstream.");
  static final Setting UPSTREAM_TLS_CERTIFICATE =
      Setting.of(
          "upstream.tls.certificate", "FILE", null, "Role edge: PEM file of its own certificate.");
  static final Setting UPSTREAM_TLS_KEY =
      Setting.of(
          "upstream.tls.key", "FILE", null, "Role edge: PEM file of that certificate's key.");

  static final Setting LOGGING_LEVEL =
      Setting.of("logging.level", "LEVEL", "info", "error, warn, info or debug.");
  static final Setting LOGGING_FILE =
      Setting.of(
          "logging.file",
          "FILE",
          null,
          "Where JSON log lines go; - is the standard error stream, unset is server.log in the data folder.");
  static final Setting DRAIN =
      Setting.of(
          "shutdown.drain-millis",
          "MILLIS",
          "3000",
          "How long requests under way may take at the end.");

  private Settings() {}

  /** PEM files of one listener. */
  record TlsSettings(Setting certificate, Setting key, Setting clientCa, Setting clientRequired) {
    static TlsSettings under(String prefix, String place) {
      return new TlsSettings(
          Setting.of(
              prefix + ".certificate",
              "FILE",
              null,
              "PEM file of the certificate of " + place + "."),
          Setting.of(prefix + ".key", "FILE", null, "PEM file of that certificate's key."),
          Setting.of(
              prefix + ".client-ca",
              "FILE",
              null,
              "PEM file of the authority of callers' certificates."),
          Setting.of(
              prefix + ".client-required",
              "BOOLEAN",
              "false",
              "Whether every caller needs one; else only edges."));
    }
  }

  public static List<Setting> all() {
    return List.of(
        ROLE,
        REGION,
        DATA,
        LOG_URL,
        LOG_USER,
        LOG_PASSWORD,
        LOG_SCHEMA,
        CONTROL_HOST,
        CONTROL_PORT,
        CONTROL_RATE,
        CONTROL_TLS.certificate(),
        CONTROL_TLS.key(),
        CONTROL_TLS.clientCa(),
        CONTROL_TLS.clientRequired(),
        DELIVERY_HOST,
        DELIVERY_PORT,
        DELIVERY_RATE,
        DELIVERY_TLS.certificate(),
        DELIVERY_TLS.key(),
        DELIVERY_TLS.clientCa(),
        DELIVERY_TLS.clientRequired(),
        UPSTREAM_URL,
        UPSTREAM_KEY,
        UPSTREAM_ENVIRONMENTS,
        UPSTREAM_EDGE_KEY,
        UPSTREAM_TLS_CA,
        UPSTREAM_TLS_CERTIFICATE,
        UPSTREAM_TLS_KEY,
        LOGGING_LEVEL,
        LOGGING_FILE,
        DRAIN);
  }

  /** What may stand on a command line: all but secrets, and the files that hold secrets. */
  public static List<Setting> flags() {
    List<Setting> flags = new ArrayList<>();
    for (Setting setting : all()) {
      flags.add(setting.secret() ? setting.file() : setting);
    }
    return List.copyOf(flags);
  }
}
