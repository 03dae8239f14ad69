package dev.guidon.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the pages compiles against what the pages describe. */
class DocsSnippetsTest {
  /** What a snippet may leave out, because every reader knows it. */
  private static final String USUAL =
      """
      import dev.guidon.engine.Context;
      import dev.guidon.sdk.*;
      import dev.openfeature.sdk.*;
      import java.nio.file.Path;
      import java.time.Duration;
      """;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> javaOfAPageCompiles() throws IOException {
    Stream.Builder<DynamicTest> all = Stream.builder();
    for (String page : DocsFiles.pages()) {
      for (Fence fence : Fence.of(DocsFiles.read(page))) {
        if (fence.language().equals("java")) {
          String name = page + ", line " + fence.line();
          all.add(DynamicTest.dynamicTest(name, () -> assertThat(problems(fence)).isEmpty()));
        }
      }
    }
    return all.build();
  }

  private List<String> problems(Fence fence) {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of("-proc:none", "-cp", TestServer.classPath(), "-d", folder.toString());
    JavaFileObject source = source(fence);
    boolean compiles =
        ToolProvider.getSystemJavaCompiler()
            .getTask(null, null, found, options, null, List.of(source))
            .call();
    List<String> errors =
        found.getDiagnostics().stream()
            .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
            .map(one -> one.getMessage(Locale.ROOT))
            .toList();
    return compiles || !errors.isEmpty()
        ? errors
        : List.of("the compiler refused it without a word");
  }

  /** A whole program as it is; statements inside a method that has a key. */
  private static JavaFileObject source(Fence fence) {
    boolean whole =
        fence.lines().stream().anyMatch(line -> line.matches("(public |final )*class .*"));
    String imports =
        fence.lines().stream().filter(DocsSnippetsTest::isImport).collect(Collectors.joining("\n"));
    String rest =
        fence.lines().stream().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
    String text =
        whole
            ? fence.text()
            : USUAL
                + imports
                + "\nfinal class Snippet { static void run(String key) throws Exception {\n"
                + rest
                + "\n} }";
    String name = whole ? text.replaceFirst("(?s).*?\\bclass (\\w+).*", "$1") : "Snippet";
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }
}
