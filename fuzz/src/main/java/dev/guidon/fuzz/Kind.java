package dev.guidon.fuzz;

import dev.guidon.fuzz.targets.Disks;
import dev.guidon.fuzz.targets.Evaluations;
import dev.guidon.fuzz.targets.Frames;
import dev.guidon.fuzz.targets.Http;
import dev.guidon.fuzz.targets.Readers;
import java.util.List;
import java.util.Locale;

/** The targets, and the packages whose coverage guides and measures each. */
enum Kind {
  READERS,
  HTTP,
  FRAMES,
  DISK,
  EVALUATOR;

  Class<? extends Target> target() {
    return switch (this) {
      case READERS -> Readers.class;
      case HTTP -> Http.class;
      case FRAMES -> Frames.class;
      case DISK -> Disks.class;
      case EVALUATOR -> Evaluations.class;
    };
  }

  List<String> measured() {
    return switch (this) {
      case READERS -> List.of("dev.guidon.model");
      case HTTP -> List.of("dev.guidon.control.rest", "dev.guidon.edge");
      case FRAMES, DISK -> List.of("dev.guidon.stream");
      case EVALUATOR -> List.of("dev.guidon.engine");
    };
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
