package dev.guidon.server.durability;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the kills fell. */
final class KillHistogram {
  /**
   * One kill.
   *
   * @param target whether the write of the writer that was watched had been sent and was never
   *     acknowledged by the process that died
   * @param inFlight how many of all writers were in that state
   */
  record Kill(boolean target, int inFlight) {}

  private final int writers;
  private final List<Kill> kills = new ArrayList<>();
  private int written;
  private int lost;

  KillHistogram(int writers) {
    this.writers = writers;
  }

  void add(Kill kill) {
    kills.add(kill);
  }

  /**
   * What became of a write that was in flight: in the log without an acknowledgement, or not at
   * all.
   */
  void addFate(boolean inLog) {
    if (inLog) {
      written++;
    } else {
      lost++;
    }
  }

  /**
   * Of all kills, the share that fell between the watched writer's request and its acknowledgement.
   */
  double inFlightShare() {
    return kills.stream().filter(Kill::target).count() / (double) kills.size();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    long inFlight = kills.stream().filter(Kill::target).count();
    lines.add(format("idle, between two writes", kills.size() - inFlight));
    lines.add(format("between request and acknowledgement", inFlight));
    lines.add("  writers between request and acknowledgement at a kill:");
    for (int n = 0; n <= writers; n++) {
      int count = n;
      long kilN = kills.stream().filter(kill -> kill.inFlight() == count).count();
      lines.add(
          String.format(
              Locale.ROOT, "    %d: %4d %s", n, kilN, "#".repeat((int) Math.min(60, kilN))));
    }
    lines.add(
        "  their writes: "
            + written
            + " were in the log without an acknowledgement, "
            + lost
            + " were not");
    return lines;
  }

  private String format(String phase, long count) {
    return String.format(
        Locale.ROOT, "  %-38s %4d (%.0f %%)", phase, count, 100.0 * count / kills.size());
  }
}
