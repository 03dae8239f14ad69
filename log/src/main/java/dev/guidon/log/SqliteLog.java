package dev.guidon.log;

import dev.guidon.model.ScopeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded engine: all scopes in one SQLite file, written by one process. {@code Committed}
 * means synced to disk; see {@code SqliteFile} for what an I/O error means.
 */
public final class SqliteLog extends SqlLog {
  /**
   * Sets {@link Synchronous} of logs opened without options. Only tests of durability have a reason
   * to.
   */
  public static final String SYNCHRONOUS_PROPERTY = "guidon.log.synchronous";

  private static final Logger LOGGER = LoggerFactory.getLogger(SqliteLog.class);

  private final SqliteFile file;
  private final SeenEras eras;

  /** Whether a commit waits for the disk. */
  public enum Synchronous {
    FULL,
    /** Breaks the promise of {@link Log}; lets a test show that it would notice. */
    OFF
  }

  /**
   * @param readOnly without the writer's lock, beside a process that writes, whose entries tails
   *     then see within 200 ms; also the way to look into a log that is too damaged to be written
   */
  public record Options(Synchronous synchronous, boolean readOnly) {
    public static final Options DEFAULT = new Options(Synchronous.FULL, /* readOnly= */ false);
    public static final Options READ_ONLY = new Options(Synchronous.FULL, /* readOnly= */ true);

    public static Options synchronous(Synchronous synchronous) {
      return new Options(synchronous, /* readOnly= */ false);
    }
  }

  private SqliteLog(SqliteFile file) {
    super(file);
    this.file = file;
    this.eras = SeenEras.beside(file.path());
  }

  /**
   * Opens the log in a file, or makes an empty one.
   *
   * @throws LogUnavailableException when another has it open for writing, or the file cannot be
   *     used
   * @throws CorruptLogException when the file is something else or damaged
   */
  public static SqliteLog open(Path path) {
    String synchronous = System.getProperty(SYNCHRONOUS_PROPERTY, Synchronous.FULL.name());
    return open(path, Options.synchronous(Synchronous.valueOf(synchronous)));
  }

  public static SqliteLog open(Path path, Options options) {
    return open(path, options, SqliteFile::connect);
  }

  static SqliteLog open(Path path, Options options, SqliteFile.Connector connector) {
    SqliteLog log = new SqliteLog(SqliteFile.open(path, options, connector));
    try {
      if (!options.readOnly()) {
        log.checkHeads();
        log.checkEras();
      }
      return log;
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /**
   * A log that was put in place of a newer one without a recovery works, but whoever follows it is
   * ahead and takes nothing from it. Only the operator can know what was meant.
   */
  private void checkEras() {
    Map<ScopeId, Head> heads = heads();
    eras.saw(heads.values());
    for (Head head : heads.values()) {
      long highest = eras.highest(head);
      if (highest > head.position().era()) {
        LOGGER.warn(
            "log {}: {} is in era {}, but era {} has begun here before; if a backup was restored, stop and run: guidon log recover",
            path(),
            head.scope(),
            head.position().era(),
            highest);
      }
    }
  }

  public Path path() {
    return file.path();
  }

  /**
   * First, so that no copy of the file can make this era begin a second time. An era that then
   * never begins is only skipped.
   */
  @Override
  void began(Head head) {
    eras.saw(List.of(head));
  }

  @Override
  public long highestEra(ScopeId scope) {
    Head head = super.head(scope);
    if (head == null) {
      throw new UnknownScopeException(scope);
    }
    return Math.max(head.position().era(), eras.highest(head));
  }

  @Override
  void erased() {
    file.foldWriteAheadLog();
  }

  /**
   * Writes a copy of the whole log as it is at one instant, while it is in use; see {@link
   * LogBackup}.
   */
  void copyTo(Path target) {
    file.copyTo(target);
  }
}
