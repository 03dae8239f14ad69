package dev.guidon.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * Types what a page says, in order, in a folder of its own. How a block is run stands after its
 * fence:
 *
 * <ul>
 *   <li>{@code sh}: by bash, with the variables that earlier blocks set, against a server that was
 *       started for the page
 *   <li>{@code sh run=serve}: goes on in the background; what it announces becomes GUIDON_URL,
 *       GUIDON_DELIVERY, TOKEN and KEY. A page whose first command this is gets no server of the
 *       test's own
 *   <li>{@code sh run=ci}: not here; CI runs that very command
 *   <li>{@code sh needs=PROGRAM}: the page is skipped where the program is missing
 *   <li>{@code java run=NAME}: a program in the background
 *   <li>{@code text run=stop}: ends the server that the page or the test started last
 *   <li>{@code text output}: lines that the block before has printed, … standing for anything; with
 *       {@code of=NAME}, that a program in the background prints
 *   <li>{@code yaml file=NAME} and the like: written to that file
 * </ul>
 */
final class PageRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern ANNOUNCED = Pattern.compile("(?m)^(api|delivery|token|key) +(\\S+)");
  private static final Map<String, String> VARIABLES =
      Map.of("api", "GUIDON_URL", "delivery", "GUIDON_DELIVERY", "token", "TOKEN", "key", "KEY");

  private final String page;
  private final Path folder;
  private final Path state;
  private final List<Background> servers = new ArrayList<>();
  private final Map<String, Background> programs = new LinkedHashMap<>();
  private String output = "";

  PageRun(String page, Path folder) throws IOException {
    this.page = page;
    this.folder = folder;
    this.state = folder.resolve(".state");
    Files.writeString(state, "export GUIDON_PROJECT=default GUIDON_ENV=dev\n");
    Path guidon = folder.resolve("guidon");
    Files.writeString(guidon, launcher());
    if (!guidon.toFile().setExecutable(true)) {
      throw new IOException(guidon + " cannot be made executable");
    }
  }

  /** Does what ./guidon does once it has built. A server ends with this process. */
  private static String launcher() {
    return """
    #!/usr/bin/env bash
    if [[ ${1:-} == serve ]]; then shift; set -- serve --until-input-ends "$@"; fi
    exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \\
      --sun-misc-unsafe-memory-access=allow ${GUIDON_JAVA_OPTS:-} -cp '%s' dev.guidon.server.Main "$@"
    """
        .formatted(java(), TestServer.classPath());
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  void run() throws Exception {
    List<Fence> fences =
        Fence.of(DocsFiles.read(page)).stream().filter(fence -> !fence.run().equals("ci")).toList();
    boolean needsServer = fences.stream().anyMatch(fence -> fence.language().equals("sh"));
    boolean startsItself =
        fences.stream()
            .filter(f -> f.language().equals("sh"))
            .findFirst()
            .map(f -> f.run().equals("serve"))
            .orElse(false);
    if (needsServer && !startsItself) {
      serve("./guidon serve --data guidon-data");
    }
    for (Fence fence : fences) {
      run(fence);
    }
  }

  private void run(Fence fence) throws Exception {
    String needed = fence.words().get("needs");
    Assumptions.assumeTrue(
        needed == null || isInstalled(needed), page + " needs " + needed + ", which is not here");
    if (fence.words().containsKey("file")) {
      Path file = folder.resolve(fence.words().get("file"));
      Files.createDirectories(file.getParent());
      Files.writeString(file, fence.text() + "\n");
    }
    switch (fence.language()) {
      case "sh" -> {
        if (fence.run().equals("serve")) {
          serve(fence.text());
        } else {
          type(fence);
        }
      }
      case "java" -> {
        if (!fence.run().isEmpty()) {
          program(fence.run(), fence.text());
        }
      }
      default -> {
        if (fence.run().equals("stop")) {
          servers.getLast().stop();
        } else if (fence.words().containsKey("output")) {
          expect(fence);
        }
      }
    }
  }

  private static boolean isInstalled(String program) throws IOException, InterruptedException {
    return new ProcessBuilder("bash", "-c", "command -v " + program)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private void type(Fence fence) throws IOException, InterruptedException {
    Path out = folder.resolve(".out");
    Process process =
        bash(fence.text()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    output = Files.readString(out);
    assertThat(ended).as("%s, line %d ends; it said%n%s", page, fence.line(), output).isTrue();
    assertThat(process.exitValue())
        .as("%s, line %d; it said%n%s", page, fence.line(), output)
        .isZero();
  }

  /** Everything that a block assigns is there in the next one, as in one terminal. */
  private ProcessBuilder bash(String text) {
    String script = "set -a; source '" + state + "'\n" + text + "\nexport -p > '" + state + "'\n";
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", script).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("GUIDON_"));
    environment.put("HOME", folder.toString());
    environment.put("PATH", folder + ":" + environment.get("PATH"));
    environment.put("GUIDON_CONTROL_PORT", "0");
    environment.put("GUIDON_DELIVERY_PORT", "0");
    return builder;
  }

  private void serve(String text) throws IOException {
    Background server = new Background(bash(text));
    servers.add(server);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() ->
            Pattern.compile("(?m)^try ").matcher(server.output()).find() || !server.isAlive());
    assertThat(server.isAlive())
        .as("%s: %s goes on; it said%n%s", page, text, server.output())
        .isTrue();
    output = server.output();
    StringBuilder learned = new StringBuilder();
    Matcher said = ANNOUNCED.matcher(output);
    while (said.find()) {
      String variable = VARIABLES.get(said.group(1));
      learned.append("export ").append(variable).append('=').append(said.group(2)).append('\n');
      if (said.group(1).equals("token")) {
        learned.append("export GUIDON_TOKEN=").append(said.group(2)).append('\n');
      }
    }
    Files.writeString(state, Files.readString(state) + learned);
  }

  /** The names of the variables are those of the page; the Java program reads some of them too. */
  private void program(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".java"), text + "\n");
    String command = "exec '" + java() + "' -cp '" + TestServer.classPath() + "' '" + file + "'";
    programs.put(name, new Background(bash(command)));
  }

  /** Whether JSON is indented is nobody's promise. */
  private static String compact(String text) {
    return text.replace("\": ", "\":");
  }

  private void expect(Fence fence) {
    String name = fence.words().get("of");
    Background program = name == null ? null : programs.get(name);
    for (String line : fence.lines()) {
      Pattern wanted =
          Pattern.compile(
              Pattern.compile("…")
                  .splitAsStream(compact(line.strip()))
                  .map(Pattern::quote)
                  .collect(Collectors.joining(".*")));
      if (program == null) {
        assertThat(wanted.matcher(compact(output)).find())
            .as("%s, line %d: \"%s\" is in%n%s", page, fence.line(), line, output)
            .isTrue();
      } else {
        Awaitility.await(page + ", line " + fence.line() + ": \"" + line + "\" from " + name)
            .atMost(PATIENCE)
            .until(() -> wanted.matcher(compact(program.output())).find() || !program.isAlive());
        assertThat(wanted.matcher(compact(program.output())).find())
            .as("%s, line %d: \"%s\" is in%n%s", page, fence.line(), line, program.output())
            .isTrue();
      }
    }
  }

  @Override
  public void close() {
    programs.values().forEach(Background::close);
    servers.forEach(Background::close);
  }
}
