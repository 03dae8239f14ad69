package dev.guidon.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between modules never turn back, and the cores do no I/O. */
class ModuleArrowsTest {
  /** Module → those it may depend on. What is not named here may depend on nothing of ours. */
  private static final Map<String, Set<String>> ARROWS = new LinkedHashMap<>();

  static {
    ARROWS.put("model", Set.of());
    ARROWS.put("engine", Set.of("model"));
    ARROWS.put("stream", Set.of("model"));
    ARROWS.put("log", Set.of("model"));
    ARROWS.put("cli", Set.of("model"));
    ARROWS.put("sdk", Set.of("model", "engine", "stream"));
    ARROWS.put("spring", Set.of("model", "sdk"));
    ARROWS.put("edge", Set.of("model", "engine", "stream"));
    ARROWS.put("control", Set.of("model", "engine", "stream", "log"));
    ARROWS.put(
        "server", Set.of("model", "engine", "stream", "log", "cli", "sdk", "edge", "control"));
  }

  private static JavaClasses classes = new ClassFileImporter().importClasses();

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.guidon");
  }

  static Set<String> modules() {
    return ARROWS.keySet();
  }

  private static String packageOf(String module) {
    return "dev.guidon." + module + "..";
  }

  @ParameterizedTest
  @MethodSource("modules")
  void moduleDependsOnlyOnThoseItsArrowsName(String module) {
    String[] allowed =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(module), ARROWS.get(module).stream())
            .map(ModuleArrowsTest::packageOf)
            .toArray(String[]::new);

    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage(packageOf(module))
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.guidon..")
                    .and(DescribedPredicate.not(resideInAnyPackage(allowed))));

    assertThatCode(() -> rule.check(classes)).doesNotThrowAnyException();
  }

  @Test
  void everyClassBelongsToAModuleOfTheList() {
    Set<String> found = new java.util.TreeSet<>();
    for (JavaClass type : classes) {
      found.add(type.getPackageName().split("\\.", -1)[2]);
    }

    assertThat(found).isSubsetOf(ARROWS.keySet());
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(strings = {"model", "engine", "stream"})
  void coreDoesNoInputOutputAndTakesTimeAndRandomnessFromOutside(String module) {
    ArchRule noWorld =
        noClasses()
            .that()
            .resideInAPackage(packageOf(module))
            .should()
            .dependOnClassesThat(THE_WORLD);
    ArchRule noClock =
        noClasses()
            .that()
            .resideInAPackage(packageOf(module))
            .should()
            .accessTargetWhere(READS_CLOCK_OR_DICE);

    assertThatCode(() -> noWorld.check(classes)).doesNotThrowAnyException();
    assertThatCode(() -> noClock.check(classes)).doesNotThrowAnyException();
  }

  @Test
  void theseRulesFindWhatTheyLookFor() {
    JavaClasses bad = new ClassFileImporter().importClasses(Transgressor.class);

    assertThatThrownBy(() -> noClasses().should().dependOnClassesThat(THE_WORLD).check(bad))
        .hasMessageContaining("java.nio.file.Files")
        .hasMessageContaining("java.lang.Thread");
    assertThatThrownBy(() -> noClasses().should().accessTargetWhere(READS_CLOCK_OR_DICE).check(bad))
        .hasMessageContaining("currentTimeMillis")
        .hasMessageContaining("Instant.now");
  }

  private static final DescribedPredicate<JavaClass> THE_WORLD =
      resideInAnyPackage(
              "java.net..",
              "java.net.http..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.sql..")
          .or(
              named(
                  "java.io.File",
                  "java.io.FileInputStream",
                  "java.io.FileOutputStream",
                  "java.io.RandomAccessFile"))
          .or(named("java.lang.Thread", "java.lang.ProcessBuilder", "java.util.Timer"))
          .or(named("java.util.concurrent.Executors", "java.util.concurrent.CompletableFuture"))
          .as("files, sockets, processes or threads");

  private static DescribedPredicate<JavaClass> named(String... names) {
    List<String> all = List.of(names);
    return DescribedPredicate.describe(
        String.join(", ", all), type -> all.contains(type.getName()));
  }

  private static final DescribedPredicate<JavaAccess<?>> READS_CLOCK_OR_DICE =
      DescribedPredicate.describe(
          "reads a clock or throws dice",
          access -> {
            String type = access.getTargetOwner().getName();
            String name = access.getTarget().getName();
            return switch (name) {
              case "currentTimeMillis", "nanoTime" -> type.equals(System.class.getName());
              case "now" -> type.startsWith("java.time.");
              case "systemUTC", "systemDefaultZone" -> type.equals(Clock.class.getName());
              case "randomUUID" -> type.equals(UUID.class.getName());
              case "random" -> type.equals(Math.class.getName());
              case "<init>" ->
                  type.equals(Random.class.getName())
                      || type.equals(java.security.SecureRandom.class.getName());
              case "current" -> type.equals(java.util.concurrent.ThreadLocalRandom.class.getName());
              default -> false;
            };
          });

  /** Does what a core must not do. */
  @SuppressWarnings("unused")
  private static final class Transgressor {
    static Object everything() throws Exception {
      Thread.ofVirtual().unstarted(() -> {});
      return List.of(
          java.nio.file.Files.exists(java.nio.file.Path.of("x")),
          System.currentTimeMillis(),
          Instant.now());
    }
  }
}
