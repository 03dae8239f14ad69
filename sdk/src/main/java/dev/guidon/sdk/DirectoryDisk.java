package dev.guidon.sdk;

import dev.guidon.stream.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real directory. Held by one client at a time; for a second one every change is silently left
 * out, so that it can start from what is there without disturbing the one that writes.
 */
final class DirectoryDisk implements Disk, AutoCloseable {
  /** More than a client ever writes to one file. */
  private static final long FILE_BYTES_MAX = 512L << 20;

  private final Path directory;
  private final @Nullable FileChannel held;

  private DirectoryDisk(Path directory, @Nullable FileChannel held) {
    this.directory = directory;
    this.held = held;
  }

  /** Makes the directory where needed. */
  static DirectoryDisk open(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
    }
    return new DirectoryDisk(directory, hold(directory.resolve("lock")));
  }

  private static @Nullable FileChannel hold(Path file) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      // Read-only, or somebody else's: good enough to start from.
      return null;
    }
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another client of this very process has it, which means the same to us.
      channel.close();
      return null;
    }
    channel.close();
    return null;
  }

  /** Whether this client may write. */
  boolean isHeld() {
    return held != null;
  }

  @Override
  public byte @Nullable [] read(String name) throws IOException {
    try {
      Path file = directory.resolve(name);
      long bytes = Files.size(file);
      if (bytes > FILE_BYTES_MAX) {
        throw new IOException(
            file + ": " + bytes + " bytes (expected: at most " + FILE_BYTES_MAX + ")");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The first bytes of a file, {@code null} when it is not there. */
  byte @Nullable [] head(String name, int max) throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(name))) {
      return in.readNBytes(max);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void write(String name, byte[] bytes) throws IOException {
    if (held == null) {
      return;
    }
    Path file = directory.resolve(name);
    makeFolder(file);
    Files.write(file, bytes);
  }

  @Override
  public void append(String name, byte[] bytes) throws IOException {
    if (held == null) {
      return;
    }
    Path file = directory.resolve(name);
    makeFolder(file);
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void makeFolder(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
  }

  @Override
  public void sync(String name) throws IOException {
    if (held == null) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
      channel.force(/* metaData= */ true);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (held == null) {
      return;
    }
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  /** What an SDK keeps may be lost: names need not survive a crash, only be whole when they do. */
  @Override
  public void syncFolder(String folder) {}

  @Override
  public List<String> list(String folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(folder))) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          names.add(String.valueOf(file.getFileName()));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  @Override
  public void delete(String name) throws IOException {
    if (held == null) {
      return;
    }
    Files.deleteIfExists(directory.resolve(name));
  }

  /** Lets another client hold the directory. */
  @Override
  public void close() throws IOException {
    if (held != null) {
      held.close();
    }
  }
}
