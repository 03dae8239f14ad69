package dev.guidon.server.docs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The repository's pages. */
final class DocsFiles {
  /** Tests run in their module's folder. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Set<String> NOT_OURS =
      Set.of("target", "node_modules", ".git", "guidon-data");

  private DocsFiles() {}

  static String read(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  /** Names of all pages, from the root, in order. */
  static List<String> pages() throws IOException {
    List<String> pages = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              pages.add(ROOT.relativize(file).toString().replace('\\', '/'));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages.stream().sorted().toList();
  }

  /** Those whose commands are run. */
  static List<String> pagesWithCommands() throws IOException {
    return pages().stream()
        .filter(page -> page.equals("README.md") || page.startsWith("docs/"))
        .toList();
  }
}
