package dev.guidon.log;

import java.nio.file.Path;

/** The PostgreSQL engine passes the kit. */
public class PostgresLogComplianceTest extends LogCompliance {
  @Override
  protected Log open(Path directory) {
    return PostgresLog.open(PostgresServer.options(directory));
  }

  @Override
  protected Log openWatched(Path directory, Runnable beforeCommit) {
    return PostgresLog.open(PostgresServer.options(directory), beforeCommit);
  }
}
