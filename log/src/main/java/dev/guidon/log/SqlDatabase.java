package dev.guidon.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Transactions of a database that holds a log. Safe for any number of threads. */
interface SqlDatabase extends AutoCloseable {

  /** Work inside a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Runs work that only reads, at one instant of the database that lies between call and return.
   *
   * @throws LogUnavailableException when it cannot be read
   */
  <T> T read(Work<T> work);

  /**
   * Runs work and commits it; what it throws undoes it. What it returned may be lost with an
   * exception although it was done: for work that may be done again.
   */
  <T> T write(Work<T> work);

  /**
   * As {@link #write}, and tells apart whether the work is certainly undone ({@link
   * LogUnavailableException}) or not ({@link IndeterminateAppendException}).
   */
  <T> T append(Work<T> work);

  /** What makes a row that a transaction selects its own until it ends; empty when all of it is. */
  String lockingClause();

  /** How often tails look without being told. */
  Duration lookEvery();

  boolean isClosed();

  @Override
  void close();
}
