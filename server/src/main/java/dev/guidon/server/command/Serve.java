package dev.guidon.server.command;

import dev.guidon.server.Announcement;
import dev.guidon.server.Clock;
import dev.guidon.server.Server;
import dev.guidon.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a server until it is told to end. */
@Command(name = "serve", description = "Runs a server: the API, delivery to applications, or both.")
final class Serve implements Callable<Integer> {
  /** Beyond the drain time: closing the log and ending threads. */
  private static final Duration CLOSING = Duration.ofSeconds(20);

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Option(
      names = "--until-input-ends",
      hidden = true,
      description = "Ends when the standard input does.")
  boolean untilInputEnds;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  boolean help;

  @Override
  public Integer call() throws InterruptedException {
    ServerConfig config = Configuration.read(spec).config();
    long startedMillis =
        ProcessHandle.current().info().startInstant().map(i -> i.toEpochMilli()).orElse(0L);
    Termination termination = new Termination(config.drain().plus(CLOSING));
    int code = ExitCode.FAILED;
    try (Server server = Server.start(config)) {
      long millis = Clock.nowMicros() / 1000 - startedMillis;
      PrintWriter out = spec.commandLine().getOut();
      new Announcement(config, server).lines(Duration.ofMillis(millis)).forEach(out::println);
      out.flush();
      if (untilInputEnds) {
        Thread.ofPlatform().daemon().name("input").start(() -> awaitEndOfInput(termination));
      }
      termination.awaitAsked();
      log().info("asked to end");
      server.drain();
      code = ExitCode.OK;
    } finally {
      termination.done(code);
    }
    return code;
  }

  private static Logger log() {
    return LoggerFactory.getLogger(Serve.class);
  }

  private static void awaitEndOfInput(Termination termination) {
    try {
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      log().warn("standard input cannot be read; ending", e);
    }
    termination.ask();
  }
}
