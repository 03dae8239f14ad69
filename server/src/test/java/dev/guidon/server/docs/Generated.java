package dev.guidon.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page that says what the code has. The system property {@code guidon.docs.write}
 * writes it anew instead of comparing it.
 */
final class Generated {
  private static final String END = "<!-- end of generated text -->";

  private Generated() {}

  /**
   * @param name of the part, which stands in the comment that begins it
   */
  static void holds(String page, String name, String text) throws IOException {
    String begin = "<!-- generated: " + name + " -->";
    String whole = DocsFiles.read(page);
    int from = whole.indexOf(begin);
    int to = whole.indexOf(END, from);
    assertThat(from).as("%s has the comment %s", page, begin).isNotNegative();
    assertThat(to).as("%s has the comment %s after %s", page, END, begin).isNotNegative();
    String wanted =
        whole.substring(0, from) + begin + "\n\n" + text.strip() + "\n\n" + whole.substring(to);
    if (Boolean.getBoolean("guidon.docs.write")) {
      Path file = DocsFiles.ROOT.resolve(page);
      Files.writeString(file, wanted);
    } else {
      assertThat(whole).as("%s (-Dguidon.docs.write=true writes it anew)", page).isEqualTo(wanted);
    }
  }
}
