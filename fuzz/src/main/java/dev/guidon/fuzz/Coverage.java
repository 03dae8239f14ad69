package dev.guidon.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IBundleCoverage;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.analysis.IPackageCoverage;
import org.jacoco.core.data.ExecutionDataStore;

/**
 * How much of the measured packages has run: lines and branches, by package, classes that were
 * never loaded included.
 */
record Coverage(Map<String, Part> packages, Part all) {
  record Part(int lines, int linesAll, int branches, int branchesAll) {
    String text() {
      return String.format(
          Locale.ROOT,
          "lines %.1f %% of %d, branches %.1f %% of %d",
          percent(lines, linesAll),
          linesAll,
          percent(branches, branchesAll),
          branchesAll);
    }

    private static double percent(int part, int of) {
      return of == 0 ? 100 : 100.0 * part / of;
    }
  }

  static Coverage of(Probed.Measured measured, ExecutionDataStore data) {
    CoverageBuilder builder = new CoverageBuilder();
    Analyzer analyzer = new Analyzer(data, builder);
    try {
      for (String name : measured.packages()) {
        analyze(measured, name, analyzer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    IBundleCoverage bundle = builder.getBundle("measured");
    Map<String, Part> packages = new TreeMap<>();
    for (IPackageCoverage one : bundle.getPackages()) {
      packages.put(
          one.getName().replace('/', '.'), part(one.getLineCounter(), one.getBranchCounter()));
    }
    return new Coverage(packages, part(bundle.getLineCounter(), bundle.getBranchCounter()));
  }

  private static Part part(ICounter lines, ICounter branches) {
    return new Part(
        lines.getCoveredCount(),
        lines.getTotalCount(),
        branches.getCoveredCount(),
        branches.getTotalCount());
  }

  private static void analyze(Probed.Measured measured, String name, Analyzer analyzer)
      throws IOException {
    String folder = name.replace('.', '/');
    Enumeration<URL> places = Coverage.class.getClassLoader().getResources(folder);
    List<URL> all = new ArrayList<>();
    places.asIterator().forEachRemaining(all::add);
    for (URL place : all) {
      if (place.getProtocol().equals("jar")) {
        URI jar = URI.create(place.toString().substring(0, place.toString().indexOf("!/")));
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
          walk(measured, name, files.getPath("/" + folder), analyzer);
        }
      } else {
        walk(measured, name, Path.of(URI.create(place.toString())), analyzer);
      }
    }
  }

  private static void walk(Probed.Measured measured, String name, Path folder, Analyzer analyzer)
      throws IOException {
    List<Path> classes;
    try (Stream<Path> found = Files.walk(folder)) {
      classes = found.filter(file -> file.toString().endsWith(".class")).sorted().toList();
    }
    for (Path file : classes) {
      String simple = folder.relativize(file).toString().replace(".class", "").replace('/', '.');
      URL place = file.toUri().toURL();
      if (measured.includes(name + "." + simple, place) && !simple.endsWith("package-info")) {
        analyzer.analyzeClass(Files.readAllBytes(file), file.toString());
      }
    }
  }
}
