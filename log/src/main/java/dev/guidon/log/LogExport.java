package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes logs into one file that proves itself: entries verbatim, blobs, and a hash over everything
 * at the end. The log may be in use; each scope is exported up to its head at the start.
 */
public final class LogExport {
  private static final int BATCH = 256;

  private final Log log;
  private final OutputStream out;
  private final MessageDigest digest = Hash.digest();
  private long lines;

  private LogExport(Log log, OutputStream out) {
    this.log = log;
    this.out = out;
  }

  /**
   * What an export holds.
   *
   * @param heads where each scope's log ends
   * @param blobs erased ones too
   */
  public record Summary(Path path, List<Head> heads, long entries, long blobs, long bytes) {
    public Summary {
      heads = List.copyOf(heads);
    }
  }

  /** All scopes. */
  public static Summary write(Log log, Path target, long nowMicros) {
    return write(log, log.heads().keySet(), target, nowMicros);
  }

  /**
   * Some scopes, and all blobs: which of them old entries name is not for an export to guess. The
   * target appears under its name only when it is whole, read back, proven and on disk.
   *
   * @throws IllegalArgumentException when the target exists
   */
  public static Summary write(Log log, Collection<ScopeId> scopes, Path target, long nowMicros) {
    if (Files.exists(target)) {
      throw new IllegalArgumentException("export " + target + ": exists (expected: a new file)");
    }
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      writeFile(log, scopes, partial, nowMicros);
      Summary summary = ExportFile.check(partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      SqliteFile.syncDirectory(SqliteFile.directoryOf(target));
      return new Summary(
          target, summary.heads(), summary.entries(), summary.blobs(), summary.bytes());
    } catch (IOException e) {
      throw new LogUnavailableException("export " + target + ": cannot be written", e);
    }
  }

  /**
   * Proves that an export is whole and undamaged; throws {@link CorruptLogException} with the line
   * otherwise.
   */
  public static Summary check(Path path) {
    return ExportFile.check(path);
  }

  private static void writeFile(Log log, Collection<ScopeId> scopes, Path path, long nowMicros)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      new LogExport(log, out).write(scopes, nowMicros);
      out.flush();
      channel.force(true);
    }
  }

  private void write(Collection<ScopeId> scopes, long nowMicros) throws IOException {
    List<ExportFile.Part> parts = new ArrayList<>();
    for (ScopeId scope : scopes) {
      Head head = log.head(scope);
      if (head == null) {
        throw new UnknownScopeException(scope);
      }
      parts.add(new ExportFile.Part(log.base(scope), head));
    }
    line(CanonicalJson.bytes(header(parts, nowMicros)));
    // Blobs before the entries that name them, entries before their snapshots: so they can go
    // straight into a log.
    writeBlobs();
    for (ExportFile.Part part : parts) {
      writeEntries(part);
      writeSnapshots(part);
    }
    writeTrailer();
  }

  private static Json header(List<ExportFile.Part> parts, long nowMicros) {
    List<Json> scopes = new ArrayList<>();
    for (ExportFile.Part part : parts) {
      scopes.add(
          Json.Obj.of(
              "scope",
              Json.of(part.head().scope().text()),
              "base",
              ExportFile.json(part.base()),
              "head",
              ExportFile.json(part.head())));
    }
    return Json.Obj.builder()
        .put("guidon", "log-export")
        .put("v", ExportFile.FORMAT)
        .put("created", nowMicros)
        .put("scopes", new Json.Arr(scopes))
        .build();
  }

  /** A log from its first entry on can make its snapshots again; a truncated one cannot. */
  private void writeSnapshots(ExportFile.Part part) throws IOException {
    if (part.base().revision() == 0) {
      return;
    }
    ScopeId scope = part.head().scope();
    for (Position position : log.snapshots(scope)) {
      StoredSnapshot stored = log.latestSnapshot(scope, position.revision());
      if (position.revision() <= part.head().revision()
          && stored != null
          && stored.position().equals(position)) {
        line(
            CanonicalJson.bytes(
                Json.Obj.builder()
                    .put("kind", "snapshot")
                    .put("scope", scope.text())
                    .put("position", position.text())
                    .put("bytes", Base64.getEncoder().encodeToString(stored.bytes()))
                    .build()));
      }
    }
  }

  private void writeEntries(ExportFile.Part part) throws IOException {
    ScopeId scope = part.head().scope();
    long at = part.base().revision();
    while (at < part.head().revision()) {
      for (CommittedEntry entry :
          log.read(scope, at, (int) Math.min(BATCH, part.head().revision() - at))) {
        line(ExportFile.entryLine(scope, entry));
        at++;
      }
    }
  }

  private void writeBlobs() throws IOException {
    for (List<Hash> batch = log.blobs(Hash.ZERO, BATCH);
        !batch.isEmpty();
        batch = log.blobs(batch.getLast(), BATCH)) {
      for (Hash hash : batch) {
        switch (log.getBlob(hash)) {
          case BlobResult.Found found ->
              line(
                  CanonicalJson.bytes(
                      Json.Obj.of(
                          "kind",
                          Json.of("blob"),
                          "hash",
                          Json.of(hash.hex()),
                          "bytes",
                          Json.of(Base64.getEncoder().encodeToString(found.bytes())))));
          case BlobResult.Erased _ ->
              line(
                  CanonicalJson.bytes(
                      Json.Obj.of("kind", Json.of("erased"), "hash", Json.of(hash.hex()))));
          case BlobResult.Missing _ ->
              throw new CorruptLogException("blob " + hash + ": gone while it was exported", null);
        }
      }
    }
  }

  private void writeTrailer() throws IOException {
    String hash = HexFormat.of().formatHex(digest.digest());
    line(
        CanonicalJson.bytes(
            Json.Obj.of("end", Json.Obj.of("lines", Json.of(lines), "hash", Json.of(hash)))));
  }

  private void line(byte[] line) throws IOException {
    digest.update(line);
    digest.update((byte) '\n');
    out.write(line);
    out.write('\n');
    lines++;
  }
}
