package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.Status;
import io.cucumber.plugin.event.TestCaseFinished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Must show 2: every scenario of the OpenFeature specification, through our provider. Where the
 * specification lets a provider do without something, that is named here and asserted too.
 */
class GherkinTest {
  /**
   * "Provider can return CACHED": one that decides in the process has nothing to cache, and says
   * STATIC.
   */
  private static final String OPTIONAL = "CACHED reason";

  private static final int SCENARIOS = 132;
  private static final int OPTIONAL_SCENARIOS = 2;

  /** Gathers what became of each scenario. Made by cucumber, hence public and static. */
  public static final class Counting implements ConcurrentEventListener {
    static final List<String> PASSED = Collections.synchronizedList(new ArrayList<>());
    static final List<String> OTHERS = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void setEventPublisher(EventPublisher publisher) {
      publisher.registerHandlerFor(TestCaseFinished.class, Counting::finished);
    }

    private static void finished(TestCaseFinished event) {
      String name =
          event.getTestCase().getName()
              + " ("
              + Path.of(event.getTestCase().getUri()).getFileName()
              + ":"
              + event.getTestCase().getLocation().getLine()
              + ")";
      if (event.getResult().getStatus() == Status.PASSED) {
        PASSED.add(name);
      } else {
        OTHERS.add(name + " " + event.getResult().getStatus() + " " + event.getResult().getError());
      }
    }
  }

  @Test
  @Timeout(120)
  void everyScenarioRunsThroughOurProvider() {
    String suites = System.getProperty("guidon.suites");
    assumeTrue(suites != null, "the folder of the suites, -Dguidon.suites");
    Path assets = Path.of(suites, "openfeature-spec", "specification", "assets", "gherkin");
    assumeTrue(Files.isDirectory(assets), "the OpenFeature specification in the suites");
    GherkinSteps.assets = assets;

    byte unused =
        io.cucumber.core.cli.Main.run(
            new String[] {
              "--glue",
              "dev.guidon.sdk",
              "--plugin",
              Counting.class.getName(),
              "--monochrome",
              assets.toString()
            },
            GherkinTest.class.getClassLoader());

    int run = Counting.PASSED.size() + Counting.OTHERS.size();
    List<String> optional =
        Counting.OTHERS.stream().filter(name -> name.startsWith(OPTIONAL)).toList();
    System.out.printf(
        "CLAIM gherkin: on Java %s %d scenarios run, %d passed, %d optional and not offered (%s)%n",
        System.getProperty("java.specification.version"),
        run,
        Counting.PASSED.size(),
        optional.size(),
        OPTIONAL);
    assertThat(Counting.OTHERS).allMatch(name -> name.startsWith(OPTIONAL));
    assertThat(optional).hasSize(OPTIONAL_SCENARIOS).allMatch(name -> name.contains("STATIC"));
    assertThat(run).isEqualTo(SCENARIOS);
  }
}
