package dev.guidon.edge;

import dev.guidon.stream.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory of this machine's file system. Blocks, so it is for virtual threads. */
final class FileDisk implements Disk {
  private final Path root;

  FileDisk(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  private Path path(String name) {
    Path path = root.resolve(name).normalize();
    if (!path.startsWith(root)) {
      throw new IllegalArgumentException(
          "file name: " + name + " (expected: within the directory)");
    }
    return path;
  }

  @Override
  public byte @Nullable [] read(String name) throws IOException {
    try {
      return Files.readAllBytes(path(name));
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  @Override
  public void write(String name, byte[] bytes) throws IOException {
    put(
        name,
        bytes,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  @Override
  public void append(String name, byte[] bytes) throws IOException {
    put(name, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void put(String name, byte[] bytes, StandardOpenOption... options) throws IOException {
    Path path = path(name);
    Files.createDirectories(path.getParent());
    try (var channel = FileChannel.open(path, options)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }
  }

  @Override
  public void sync(String name) throws IOException {
    try (var channel = FileChannel.open(path(name), StandardOpenOption.WRITE)) {
      channel.force(/* metaData= */ true);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void syncFolder(String folder) throws IOException {
    Path path = path(folder);
    Files.createDirectories(path);
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(/* metaData= */ true);
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path path = path(folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }
}
