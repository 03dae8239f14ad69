package dev.guidon.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/** The SQLite engine passes the kit. */
public class SqliteLogComplianceTest extends LogCompliance {
  @Override
  protected Log open(Path directory) {
    return SqliteLog.open(directory.resolve("log.db"));
  }

  @Override
  protected Log openWatched(Path directory, Runnable beforeCommit) {
    return SqliteLog.open(
        directory.resolve("log.db"),
        SqliteLog.Options.DEFAULT,
        (path, config) -> watched(path, config, beforeCommit));
  }

  private static Connection watched(Path path, SQLiteConfig config, Runnable beforeCommit)
      throws SQLException {
    Connection connection = SqliteFile.connect(path, config);
    connection
        .unwrap(SQLiteConnection.class)
        .addCommitListener(
            new SQLiteCommitListener() {
              @Override
              public void onCommit() {
                beforeCommit.run();
              }

              @Override
              public void onRollback() {}
            });
    return connection;
  }
}
