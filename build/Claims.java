import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps {@code docs/reference/claims.md} honest.
 *
 * <p>A row is {@code | id | promise | `command` | result |}. Tests and commands that prove a row print {@code CLAIM id:
 * text}; {@code --write} puts the newest such text, with machine, Java and date, into the row's last cell. {@code
 * --check} fails on a row whose command names a test class or launcher command that is gone, on a row that nothing
 * prints, and on a printed claim without a row.
 *
 * <p>Run by {@code ./guidon claims --write | --check}.
 */
final class Claims {
  private static final Pattern ROW = Pattern.compile("^\\| ([a-z0-9-]+) \\| (.+?) \\| `([^`]+)` \\| (.*?) \\|$");
  private static final Pattern PRINTED = Pattern.compile("CLAIM ([a-z0-9-]+): (.+)");
  private static final Pattern TEST = Pattern.compile("-Dtest=([A-Za-z0-9_]+)");

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    Path file = root.resolve("docs/reference/claims.md");
    List<String> lines = Files.readAllLines(file);
    if (args[1].equals("--write")) {
      write(root, file, lines);
    } else {
      System.exit(check(root, lines));
    }
  }

  private static void write(Path root, Path file, List<String> lines) throws IOException {
    Map<String, String> results = printed(root);
    List<String> out = new ArrayList<>();
    int written = 0;
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      String result = row.matches() ? results.get(row.group(1)) : null;
      if (result == null) {
        out.add(line);
      } else {
        out.add("| %s | %s | `%s` | %s |".formatted(row.group(1), row.group(2), row.group(3), result.replace("|", "/")));
        written++;
      }
    }
    Files.write(file, out);
    System.out.println(written + " results written");
  }

  /** The newest printed text of each claim, from test reports and from captured output of commands. */
  private static Map<String, String> printed(Path root) throws IOException {
    Map<String, String> results = new LinkedHashMap<>();
    for (Path report : reports(root)) {
      // The modules that applications embed are tested a second time, by another Java than this one.
      boolean on17 = report.toString().contains("surefire-reports-java17");
      String where =
          " (%s, %d cores, Java %s, %s)"
              .formatted(
                  System.getProperty("os.name"),
                  Runtime.getRuntime().availableProcessors(),
                  on17 ? "17" : System.getProperty("java.specification.version"),
                  LocalDate.now());
      for (String line : Files.readString(report).lines().toList()) {
        Matcher claim = PRINTED.matcher(line.replace("]]>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
        if (claim.find()) {
          results.put(claim.group(1), claim.group(2).strip() + where);
        }
      }
    }
    return results;
  }

  private static List<Path> reports(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root, 5)) {
      return all.filter(Files::isRegularFile)
          .filter(p -> p.toString().contains("/target/"))
          .filter(p -> p.toString().contains("/surefire-reports") || p.toString().contains("/claims/"))
          .filter(p -> p.toString().endsWith(".xml") || p.toString().endsWith(".log"))
          .sorted((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
          .toList();
    }
  }

  private static int check(Path root, List<String> lines) throws IOException {
    Map<String, Path> sources = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    List<String> printers = new ArrayList<>(List.of(Files.readString(root.resolve(".ci/run"))));
    try (Stream<Path> all = Files.walk(root)) {
      for (Path source : all.filter(p -> p.toString().contains("/src/") && p.toString().endsWith(".java")).toList()) {
        sources.put(source.getFileName().toString().replace(".java", ""), source);
        String content = Files.readString(source);
        text.append(content);
        if (content.contains("\"CLAIM ") || content.contains("Claim claim")) {
          printers.add(content);
        }
      }
    }
    List<String> problems = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        continue;
      }
      String id = row.group(1);
      String command = row.group(3);
      ids.add(id);
      Matcher test = TEST.matcher(command);
      if (test.find() && !sources.containsKey(test.group(1))) {
        problems.add(id + ": its command names the test " + test.group(1) + " (expected: a test class of this tree)");
      }
      if (!command.startsWith("./guidon ") && !command.startsWith("bash .ci/run")) {
        problems.add(id + ": command " + command + " (expected: one that begins with ./guidon or bash .ci/run)");
      }
      if (!isPrinted(id, printers)) {
        problems.add(id + ": nothing prints its result (expected: a test or command that prints CLAIM " + id + ")");
      }
      if (row.group(4).isBlank() || row.group(4).equals("not run yet")) {
        System.out.println(id + ": no result yet; " + command + " prints one");
      }
    }
    Matcher claim = Pattern.compile("CLAIM ([a-z0-9-]+):").matcher(text);
    while (claim.find()) {
      if (!ids.contains(claim.group(1))) {
        problems.add(claim.group(1) + ": is printed and has no row in docs/reference/claims.md");
      }
    }
    problems.forEach(System.err::println);
    System.out.println(ids.size() + " claims, " + problems.size() + " problems");
    return problems.isEmpty() ? 0 : 1;
  }

  /** A source that prints claims names this one, as a whole line or as a text of its own. */
  private static boolean isPrinted(String id, List<String> printers) {
    Pattern name = Pattern.compile("CLAIM " + Pattern.quote(id) + ":|[\", ]" + Pattern.quote(id) + "\"");
    return printers.stream().anyMatch(source -> name.matcher(source).find());
  }
}
