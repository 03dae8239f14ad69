package dev.guidon.log;

import dev.guidon.model.Hash;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL server, one for all tests of this process; it ends with the process. */
final class PostgresServer {
  private static final String URL_FILE = "postgres.url";
  private static @Nullable EmbeddedPostgres running;

  private PostgresServer() {}

  static synchronized String url() {
    try {
      if (running == null) {
        running =
            EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
      }
      return running.getJdbcUrl("postgres", "postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The log that a test's folder stands for: a schema of its own. A file in the folder tells child
   * processes where the server is.
   */
  static PostgresLog.Options options(Path directory) {
    try {
      Path file = directory.resolve(URL_FILE);
      if (!Files.exists(file)) {
        Files.writeString(file, url());
      }
      byte[] name = directory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
      return PostgresLog.Options.of(Files.readString(file))
          .withSchema("t_" + Hash.of(name).hex().substring(0, 16));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
