package dev.guidon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.guidon.model.Murmur3;
import dev.guidon.model.SemanticVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rows that Split published with its clients, against our hash and our versions, and Python's. */
class SplitSuiteTest {
  private static final int HASHES = 5_999;
  private static final int VERSIONS = 74;

  /**
   * Rows in which we mean something else. Split wants three numbers, we take a missing minor or
   * patch number as 0, as people write them (1.2 stands in the file twice). Split counts build
   * metadata in equality; Semantic Versioning 2.0.0, section 10, says that it does not count.
   */
  private static final List<String> DIFFERS =
      List.of(
          "invalid 1",
          "invalid 1.2",
          "invalid 1.2",
          "invalid 1.2-SNAPSHOT",
          "invalid 1.2-RC-SNAPSHOT",
          "equal 1.1.1,1.1.1+metadata,false");

  @Test
  void hashesAndVersionsAgree() throws Exception {
    Path folder = folder();
    int hashes = 0;
    for (String[] row : rows(folder, "murmur3-sample-data-v2-first6000.csv")) {
      byte[] key = row[1].getBytes(StandardCharsets.UTF_8);
      long seed = Long.parseLong(row[0]);
      assertThat(Integer.toUnsignedLong(Murmur3.ofBytes(key, (int) seed)))
          .as(String.join(",", row))
          .isEqualTo(Long.parseLong(row[2]));
      assertThat(Naive.murmur3(key, seed & 0xFFFF_FFFFL)).isEqualTo(Long.parseLong(row[2]));
      hashes++;
    }

    Checked versions = versions(folder);

    assertThat(versions.differs).isEqualTo(DIFFERS);
    assertThat(hashes).isEqualTo(HASHES);
    assertThat(versions.count).isEqualTo(VERSIONS);
    System.out.printf(
        "CLAIM split-suite: %,d of %,d Murmur3 rows; %d of %d version rows, the others by intent:"
            + " %s%n",
        hashes, HASHES, versions.count - DIFFERS.size(), versions.count, DIFFERS);
  }

  @Test
  void pythonAgreesAsFarAsWeDo() throws Exception {
    Path folder = folder();
    String python = PythonTest.python();
    assumeTrue(python != null, "python3 of 3.9 or newer is not on PATH: Split's rows in Python");

    PythonTest.Ended ended = PythonTest.run(python, "python/run.py", "--split", folder.toString());

    List<String> expected = new ArrayList<>();
    expected.add("split murmur3 " + HASHES + " of " + HASHES);
    expected.add("split versions " + (VERSIONS - DIFFERS.size()) + " of " + VERSIONS);
    DIFFERS.forEach(row -> expected.add("differs: " + row));
    assertThat(ended.lines()).isEqualTo(expected);
    assertThat(ended.code()).isZero();
    System.out.printf(
        "CLAIM split-suite-python: %s; %s, the same rows apart%n",
        expected.get(0), expected.get(1));
  }

  private static final class Checked {
    private int count;
    private final List<String> differs = new ArrayList<>();

    void check(String name, String[] row, boolean holds) {
      count++;
      if (!holds) {
        differs.add(name + " " + String.join(",", row));
      }
    }
  }

  private static Checked versions(Path folder) throws IOException {
    Checked checked = new Checked();
    for (String[] row : rows(folder, "valid-semantic-versions.csv")) {
      checked.check("valid", row, version(row[0]).compareTo(version(row[1])) > 0);
    }
    for (String[] row : rows(folder, "invalid-semantic-versions.csv")) {
      checked.check("invalid", row, SemanticVersion.parse(row[0]) == null);
    }
    for (String[] row : rows(folder, "equal-to-semver.csv")) {
      boolean equal = version(row[0]).compareTo(version(row[1])) == 0;
      checked.check("equal", row, equal == Boolean.parseBoolean(row[2]));
    }
    for (String[] row : rows(folder, "between-semver.csv")) {
      boolean between =
          version(row[0]).compareTo(version(row[1])) <= 0
              && version(row[1]).compareTo(version(row[2])) <= 0;
      checked.check("between", row, between == Boolean.parseBoolean(row[3]));
    }
    return checked;
  }

  private static SemanticVersion version(String text) {
    return Objects.requireNonNull(SemanticVersion.parse(text), text);
  }

  private static Path folder() {
    String suites = System.getProperty("guidon.suites");
    assumeTrue(suites != null, "guidon.suites is not set: Split's published rows");
    return Path.of(suites, "split");
  }

  /** Without the line of names. */
  private static List<String[]> rows(Path folder, String file) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }
}
