package dev.guidon.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every link within the repository leads somewhere, to the heading as well. */
class DocsLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern OUTSIDE = Pattern.compile("[a-z]+:.*");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");

  @Test
  void relativeLinksOfAllPagesLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (String page : DocsFiles.pages()) {
      Matcher link = LINK.matcher(FENCED.matcher(DocsFiles.read(page)).replaceAll(""));
      while (link.find()) {
        String target = link.group(1);
        if (!OUTSIDE.matcher(target).matches()) {
          links++;
          if (!leadsSomewhere(page, target)) {
            broken.add(page + ": " + target);
          }
        }
      }
    }

    assertThat(broken).as("links that lead nowhere").isEmpty();
    assertThat(links).as("links found").isPositive();
  }

  private static boolean leadsSomewhere(String page, String target) throws IOException {
    int hash = target.indexOf('#');
    String name = hash < 0 ? target : target.substring(0, hash);
    Path from = DocsFiles.ROOT.resolve(page);
    Path to = name.isEmpty() ? from : from.resolveSibling(name).normalize();
    if (!Files.exists(to) || hash < 0) {
      return Files.exists(to);
    }
    return to.toString().endsWith(".md") && headings(to).contains(target.substring(hash + 1));
  }

  /** As the usual renderers name them. */
  private static Set<String> headings(Path page) throws IOException {
    return Files.readString(page)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void everyPageOfTheDocumentationIsInTheIndex() throws IOException {
    Path folder = DocsFiles.ROOT.resolve("docs");
    Set<Path> linked =
        LINK.matcher(DocsFiles.read("docs/README.md"))
            .results()
            .map(link -> folder.resolve(link.group(1).replaceFirst("#.*", "")).normalize())
            .collect(Collectors.toSet());

    List<String> missing =
        DocsFiles.pages().stream()
            .filter(page -> page.startsWith("docs/") && !page.startsWith("docs/decisions/0"))
            .filter(page ->
                !page.equals("docs/README.md") && !linked.contains(DocsFiles.ROOT.resolve(page)))
            .toList();

    assertThat(missing).as("pages that docs/README.md does not name").isEmpty();
  }

  @Test
  void everyDecisionIsInTheListOfDecisions() throws IOException {
    String list = DocsFiles.read("docs/decisions/README.md");

    List<String> missing =
        DocsFiles.pages().stream()
            .filter(page -> page.startsWith("docs/decisions/0"))
            .filter(page -> !list.contains("(" + page.substring("docs/decisions/".length()) + ")"))
            .toList();

    assertThat(missing).as("decisions that docs/decisions/README.md does not name").isEmpty();
  }
}
