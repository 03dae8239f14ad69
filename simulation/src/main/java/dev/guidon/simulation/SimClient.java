package dev.guidon.simulation;

import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
import dev.guidon.control.Edit;
import dev.guidon.model.EntityId;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.List;

/** Someone who changes flags, and repeats a change under its key until there is an answer. */
final class SimClient {
  private static final int ATTEMPTS_MAX = 6;
  private static final long TIMEOUT_MICROS = 3 * World.SECONDS;
  static final int FLAGS = 6;
  private static final int SEGMENTS = 2;

  private final World world;
  private final Network network;
  private final ScopeId scope;
  private final String name;
  private final List<SimControl> controls;
  private final Reference reference;
  private long made;
  private long committed;
  private boolean stopped;

  SimClient(
      World world,
      Network network,
      ScopeId scope,
      String name,
      List<SimControl> controls,
      Reference reference) {
    this.world = world;
    this.network = network;
    this.scope = scope;
    this.name = name;
    this.controls = controls;
    this.reference = reference;
  }

  void start() {
    if (!stopped) {
      world.after(
          world.between(20 * World.MILLIS, 2 * World.SECONDS),
          name + " command",
          () -> {
            if (!stopped) {
              send(command(), 1);
            }
          });
    }
  }

  void stop() {
    stopped = true;
  }

  long committed() {
    return committed;
  }

  private void send(Command command, int attempt) {
    SimControl control = controls.get(world.random().nextInt(controls.size()));
    boolean[] answered = {false};
    network.send(
        name,
        control.name(),
        name + " request",
        () ->
            control.submit(
                command,
                result ->
                    network.send(
                        control.name(),
                        name,
                        name + " reply",
                        () -> {
                          if (!answered[0]) {
                            answered[0] = true;
                            replied(command, result, attempt);
                          }
                        })));
    world.after(
        TIMEOUT_MICROS,
        name + " timeout",
        () -> {
          if (!answered[0]) {
            answered[0] = true;
            again(command, attempt);
          }
        });
  }

  private void replied(Command command, CommandResult result, int attempt) {
    world.note(name + " " + result.getClass().getSimpleName());
    switch (result) {
      case CommandResult.Committed done -> {
        committed++;
        reference.acknowledged(done.entry());
        start();
      }
      case CommandResult.Unavailable lost -> again(command, attempt);
      case CommandResult.Refused no -> start();
      case CommandResult.Conflicted no -> start();
      case CommandResult.Unchanged same -> start();
      case CommandResult.Checked dry -> start();
      case CommandResult.KeyReused reused -> start();
    }
  }

  private void again(Command command, int attempt) {
    if (attempt < ATTEMPTS_MAX) {
      send(command, attempt + 1);
    } else {
      start();
    }
  }

  // What they ask for.

  private Command command() {
    List<Edit> edits = new ArrayList<>();
    edits.add(edit());
    if (world.chance(0.2)) {
      Edit second = edit();
      if (!second.id().equals(edits.getFirst().id())) {
        edits.add(second);
      }
    }
    return new Command(
        scope,
        name + "-" + made++,
        name,
        /* reason= */ "simulated",
        edits,
        /* returning= */ false,
        /* allowGrowth= */ true,
        /* dryRun= */ false);
  }

  private Edit edit() {
    String flag = "f" + world.random().nextInt(FLAGS);
    String segment = "s" + world.random().nextInt(SEGMENTS);
    return switch (world.random().nextInt(10)) {
      case 0, 1 ->
          new Edit.Put(EntityId.segment(segment), segmentDoc(segment), /* basedOn= */ null);
      case 2 ->
          new Edit.Keys(
              EntityId.segment(segment),
              "included",
              List.of("u" + world.random().nextInt(50)),
              List.of("u" + (50 + world.random().nextInt(50))),
              null);
      case 3, 4, 5 ->
          new Edit.Put(EntityId.flag(flag), flagDoc(flag, segment), /* basedOn= */ null);
      case 6 -> new Edit.Delete(EntityId.flag("f" + (FLAGS - 1)), /* basedOn= */ null);
      default ->
          new Edit.Merge(
              EntityId.flag(flag),
              json("{\"envelope\":{\"on\":" + world.random().nextBoolean() + "}}"),
              /* basedOn= */ null);
    };
  }

  private Json segmentDoc(String key) {
    StringBuilder keys = new StringBuilder();
    for (int i = world.random().nextInt(6); i >= 0; i--) {
      keys.append(keys.isEmpty() ? "" : ",")
          .append("\"u")
          .append(world.random().nextInt(50))
          .append('"');
    }
    return json(
        "{\"key\":\"%s\",\"if\":{\"attribute\":\"plan\",\"op\":\"in\",\"values\":[\"pro\"]},\"included\":[%s]}"
            .formatted(key, keys));
  }

  private Json flagDoc(String key, String segment) {
    int share = world.random().nextInt(100_001);
    String rule =
        switch (world.random().nextInt(3)) {
          case 0 -> "{\"attribute\":\"country\",\"op\":\"in\",\"values\":[\"DE\",\"FR\"]}";
          case 1 ->
              "{\"not\":{\"attribute\":\"version\",\"op\":\"semverLt\",\"values\":[\"2.0.0\"]}}";
          default -> "{\"segment\":\"" + segment + "\"}";
        };
    return json(
        """
        {"envelope":{"key":"%s","type":"string","on":true,"variants":{"a":"A","b":"B","off":"-"},"offVariant":"off"},
         "targets":[{"variant":"b","kind":"user","keys":["u%d"]}],
         "rules":[{"id":"r","if":%s,"serve":{"split":{"shares":[{"variant":"a","weight":%d},{"variant":"b","weight":%d}]}}}],
         "default":{"variant":%s}}
        """
            .formatted(
                key,
                world.random().nextInt(50),
                rule,
                share,
                100_000 - share,
                world.chance(0.8) ? "\"a\"" : "null"));
  }

  private static Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }
}
