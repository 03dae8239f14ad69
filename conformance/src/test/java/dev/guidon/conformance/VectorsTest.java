package dev.guidon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.engine.RandomScene;
import dev.guidon.engine.Reference;
import dev.guidon.model.Envelope;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.Problems;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The vectors in conformance/vectors: that they are what is written here, and that our evaluators
 * answer as they say.
 *
 * <p>{@code -Dguidon.vectors.write=true} writes them anew.
 */
class VectorsTest {
  static final String BY_REFERENCE =
      "the engine's naive reference interpreter (Reference, in the engine's tests)";
  private static final String RANDOM = "random-";
  private static final int RANDOM_SUITES = 4;
  private static final int RANDOM_CONTEXTS = 40;
  private static final Path FOLDER = Path.of("vectors");
  private static final long BYTES_MAX = 5_000_000;

  private static List<Suite> suites = List.of();

  @BeforeAll
  static void read() throws IOException {
    if (Boolean.getBoolean("guidon.vectors.write")) {
      for (Draft draft : drafts()) {
        Files.writeString(file(draft.name), draft.text());
      }
      for (int i = 1; i <= RANDOM_SUITES; i++) {
        Files.writeString(file(RANDOM + i), random(i).text());
      }
    }
    suites = Suite.readAll(FOLDER);
  }

  private static Path file(String name) {
    return FOLDER.resolve(name + ".json");
  }

  /** Everything but the random scenes, which stay as they were when they were made. */
  private static List<Draft> drafts() {
    List<Draft> drafts = new ArrayList<>();
    drafts.add(answered(OperatorSuites.types()));
    drafts.add(answered(OperatorSuites.manyRules()));
    drafts.addAll(OperatorSuites.all());
    drafts.addAll(SceneSuites.all());
    drafts.addAll(BucketSuites.all());
    return drafts;
  }

  private static Draft random(long seed) {
    RandomScene random = new RandomScene(new Random(seed));
    View view = random.scene().region("local").view();
    Draft draft =
        new Draft(RANDOM + seed, BY_REFERENCE, "random documents and contexts, seed " + seed);
    draft.region = view.region();
    TreeSet<String> flags = new TreeSet<>();
    view.entities()
        .forEach((id, entity) -> {
          switch (id.kind().name()) {
            case "flag" -> {
              flags.add(id.key());
              draft.put(id.key(), entity.doc());
            }
            case "segment" -> draft.segmentDocument(id.key(), entity.doc());
            default -> draft.layerDocument(id.key(), entity.doc());
          }
        });
    for (int i = 0; i < RANDOM_CONTEXTS; i++) {
      Json.Obj context = Contexts.toJson(random.context());
      String now = "'now':'" + Instants.text(random.now()) + "'";
      Problems problems = new Problems();
      Context unused = Contexts.fromJson(context, problems);
      for (String flag : problems.isEmpty() ? flags : new TreeSet<String>()) {
        draft.ask(flag, context, Draft.json(Draft.OFF), now);
      }
    }
    return answered(draft);
  }

  /** With the reference's answers. */
  private static Draft answered(Draft draft) {
    Suite suite = Suite.parse(draft.text().getBytes(StandardCharsets.UTF_8));
    ByReference reference = new ByReference(suite.scene());
    for (int i = 0; i < suite.cases().size(); i++) {
      draft.expect(i, reference.answer(suite.scene(), suite.cases().get(i).question()));
    }
    return draft;
  }

  @Test
  void vectorsAreWhatTheirGeneratorWrites() throws IOException {
    for (Draft draft : drafts()) {
      String written = Files.readString(file(draft.name));

      assertThat(written.equals(draft.text())).as("vectors/%s.json", draft.name).isTrue();
    }
  }

  @Test
  void whatTheReferenceAnsweredItStillAnswers() {
    List<Suite> answered =
        suites.stream().filter(suite -> suite.source().equals(BY_REFERENCE)).toList();

    for (Suite suite : answered) {
      allPass(Runner.run(List.of(suite), new ByReference(suite.scene())));
    }
    assertThat(answered).hasSize(RANDOM_SUITES + 2);
  }

  @Test
  void vectorsAreManyAndNotLarge() throws IOException {
    long bytes = 0;
    for (Suite suite : suites) {
      bytes += Files.size(file(suite.name()));
    }

    assertThat(bytes).isLessThan(BYTES_MAX);
    assertThat(suites).allSatisfy(suite -> assertThat(suite.cases()).isNotEmpty());
    assertThat(suites.stream().filter(suite -> suite.name().equals("buckets")).findFirst())
        .hasValueSatisfying(suite -> assertThat(suite.cases()).hasSize(10_000));
  }

  @Test
  void engineAnswersAsTheVectorsSay() {
    List<Runner.Result> results = Runner.run(suites, new EngineEvaluator());

    allPass(results);
    System.out.printf(
        "CLAIM vectors: %,d vectors in %d suites, the engine answers all as they say%n",
        results.size(), suites.size());
  }

  @Test
  void sdkClientAnswersAsTheVectorsSay() {
    List<Suite> asked = suites.stream().filter(SdkEvaluator::canAsk).toList();

    List<Runner.Result> results = Runner.run(asked, new SdkEvaluator());

    allPass(results);
    List<String> left =
        suites.stream().filter(suite -> !asked.contains(suite)).map(Suite::name).toList();
    System.out.printf(
        "CLAIM vectors-sdk: %,d vectors in %d suites through the SDK client without a server; not"
            + " asked (another region, blobs, an earlier state, ages): %s%n",
        results.size(), asked.size(), left);
    assertThat(left).containsExactly("earlier", "key-chunks", "region", "staleness");
  }

  /** Each part of the page's worked example, so that the page stays right. */
  @Test
  void workedExampleOfThePageIsRight() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "reference", "evaluation.md"));

    assertThat(Naive.murmur3("checkout", "u1")).isEqualTo(2_140_410_736L);
    assertThat(Naive.bucket("checkout", "u1")).isEqualTo(49_835);
    assertThat(page)
        .contains("`7f941370` is 2,140,410,736")
        .contains("214,041,073,600,000")
        .contains("bucket 49,835");
    assertThat(2_140_410_736L * 100_000).isEqualTo(214_041_073_600_000L);
    assertThat(String.format("%08x", 2_140_410_736L)).isEqualTo("7f941370");
  }

  @Test
  void foldingIsThatOfThePageOnEveryJava() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int c = 0; c < 0x10000; c++) {
      char folded = Naive.fold((char) c);
      if (folded != c) {
        lines.append(String.format("%04X %04X\n", c, (int) folded));
      }
    }

    String page = Files.readString(Path.of("..", "docs", "reference", "evaluation.md"));
    assertThat(page).contains(Hash.of(lines.toString()).hex());
    assertThat(lines.toString().lines().count()).isEqualTo(1191);
  }

  private static void allPass(List<Runner.Result> results) {
    List<Runner.Result> failed = results.stream().filter(result -> !result.passed()).toList();
    TreeMap<String, Integer> bySuite = new TreeMap<>();
    failed.forEach(result -> bySuite.merge(result.suite().name(), 1, Integer::sum));
    assertThat(failed.stream().limit(20).map(Object::toString))
        .as("%d of %d answers differ: %s", failed.size(), results.size(), bySuite)
        .isEmpty();
  }

  /** The reference as an evaluator, for suites in which every document is whole. */
  private record ByReference(Reference reference, Scene scene) implements Evaluator {
    ByReference(Scene scene) {
      this(Reference.of(Views.of(scene, 1)), scene);
    }

    @Override
    public Answer answer(Scene asked, Question question) {
      Context context = Contexts.fromJson(question.context(), new Problems());
      Reference.Answer said = reference.decide(question.flag(), context, question.nowMicros());
      Envelope envelope =
          FlagFormat.readEnvelope(scene.flags().get(question.flag()), new Problems());
      Json value = said.variant() == null ? null : envelope.variants().get(said.variant());
      return new Answer(
          value,
          said.variant(),
          said.reason(),
          said.error(),
          said.detail(),
          said.rule(),
          said.bucket());
    }
  }
}
