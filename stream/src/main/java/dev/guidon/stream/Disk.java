package dev.guidon.stream;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory as the stores here need it. Names are relative, with {@code /} between a folder and
 * its files; folders come into being with their first file. Nothing is durable before {@link
 * #sync}, and a new, renamed or deleted name not before {@link #syncFolder}. Not used by two
 * threads at once.
 */
public interface Disk {
  /** The bytes of a file, or {@code null} when there is none. */
  byte @Nullable [] read(String name) throws IOException;

  /**
   * Makes the file, or replaces what was in it. After a crash it may be anything: old, new, part or
   * empty.
   */
  void write(String name, byte[] bytes) throws IOException;

  /** Adds at the end, making the file if needed. After a crash any part of it may be there. */
  void append(String name, byte[] bytes) throws IOException;

  /** Returns when the content of the file survives a crash. */
  void sync(String name) throws IOException;

  /** Gives a file another name in one step, replacing what had that name. */
  void rename(String from, String to) throws IOException;

  /** Returns when the names in a folder survive a crash; the empty text is the directory itself. */
  void syncFolder(String folder) throws IOException;

  /** The names of the files in a folder, without the folder; none when there is no folder. */
  List<String> list(String folder) throws IOException;

  /** Removes the file if it is there. */
  void delete(String name) throws IOException;
}
