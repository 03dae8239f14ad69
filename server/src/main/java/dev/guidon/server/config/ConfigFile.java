package dev.guidon.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The scalars of a YAML file by dotted key, each with its line. */
final class ConfigFile {
  /**
   * @param place the file and the line
   */
  record Scalar(String value, String place) {}

  private final Path file;
  private final List<String> problems;
  private final Map<String, Scalar> scalars = new LinkedHashMap<>();

  private ConfigFile(Path file, List<String> problems) {
    this.file = file;
    this.problems = problems;
  }

  static Map<String, Scalar> read(Path file, List<String> problems) {
    ConfigFile reading = new ConfigFile(file, problems);
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      Optional<Node> root = new Compose(settings).composeString(Files.readString(file));
      root.ifPresent(node -> reading.add("", node));
    } catch (IOException e) {
      problems.add("file " + file + ": cannot be read: " + e + " (expected: a YAML file)");
    } catch (YamlEngineException e) {
      problems.add("file " + file + ": is not YAML: " + e.getMessage());
    }
    return reading.scalars;
  }

  private void add(String key, Node node) {
    if (node instanceof MappingNode mapping) {
      mapping.getValue().forEach(member -> addMember(key, member));
    } else if (node instanceof SequenceNode list) {
      addList(key, list);
    } else if (node instanceof ScalarNode scalar && !key.isEmpty()) {
      if (!scalar.getTag().equals(Tag.NULL)) {
        put(key, scalar.getValue(), node);
      }
    } else {
      problems.add(place(node) + ": a bare value (expected: a mapping of settings)");
    }
  }

  private void addMember(String key, NodeTuple member) {
    if (member.getKeyNode() instanceof ScalarNode name) {
      add(key.isEmpty() ? name.getValue() : key + "." + name.getValue(), member.getValueNode());
    } else {
      problems.add(
          place(member.getKeyNode()) + ": a key that is no text (expected: a setting's name)");
    }
  }

  /** A list of scalars means the same as its items joined by commas. */
  private void addList(String key, SequenceNode list) {
    StringBuilder joined = new StringBuilder();
    for (Node item : list.getValue()) {
      if (!(item instanceof ScalarNode scalar)) {
        problems.add(
            place(item) + ": " + key + ": a nested item (expected: a list of plain values)");
        return;
      }
      joined.append(joined.isEmpty() ? "" : ",").append(scalar.getValue());
    }
    put(key, joined.toString(), list);
  }

  private void put(String key, String value, Node node) {
    Scalar earlier = scalars.putIfAbsent(key, new Scalar(value, place(node)));
    if (earlier != null) {
      problems.add(
          place(node) + ": " + key + ": set again (expected: once; see " + earlier.place() + ")");
    }
  }

  private String place(Node node) {
    Optional<Mark> mark = node.getStartMark();
    return "file " + file + (mark.isPresent() ? ", line " + (mark.get().getLine() + 1) : "");
  }
}
