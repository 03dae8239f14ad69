package dev.guidon.server;

import dev.guidon.server.demo.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Real servers in processes of their own, for tests. */
public final class TestServer {
  private TestServer() {}

  /** The classes under test; the surefire booter hides them behind a jar of its own. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** At any free ports of this machine, with logs in the data folder. */
  public static ServerProcess start(Path data, String... more) throws IOException {
    return start(List.of(), List.of(), data, more);
  }

  public static ServerProcess start(
      List<String> wrapper, List<String> javaOptions, Path data, String... more)
      throws IOException {
    List<String> flags = new ArrayList<>(List.of("--data", data.toString()));
    flags.addAll(List.of(more));
    for (String port : List.of("--control-port", "--delivery-port")) {
      if (!flags.contains(port)) {
        flags.addAll(List.of(port, "0"));
      }
    }
    return ServerProcess.start(wrapper, classPath(), javaOptions, flags);
  }

  /** Flags for a server that takes another's place. */
  public static String[] samePorts(URI api, URI delivery) {
    return new String[] {
      "--control-port",
      String.valueOf(api.getPort()),
      "--delivery-port",
      String.valueOf(delivery.getPort())
    };
  }
}
