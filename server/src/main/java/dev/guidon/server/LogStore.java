package dev.guidon.server;

import dev.guidon.log.Log;
import dev.guidon.log.PostgresLog;
import dev.guidon.log.SqliteLog;
import dev.guidon.server.config.ServerConfig;

/** Opens the log that a configuration names. */
public final class LogStore {
  private LogStore() {}

  /** To write: by one process where the log is a file. */
  public static Log open(ServerConfig config, DataFolder folder) {
    ServerConfig.Database database = config.database();
    return database == null ? SqliteLog.open(folder.log()) : PostgresLog.open(database.options());
  }
}
