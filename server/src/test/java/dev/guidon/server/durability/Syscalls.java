package dev.guidon.server.durability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * System calls as {@code strace -f -yy} recorded them. Order is that of the recording's lines: a
 * call that overlaps another is written as two lines, so a call on one line began and ended before
 * the next line.
 */
record Syscalls(List<Call> calls) {
  private static final Pattern WHOLE =
      Pattern.compile("^(\\d+) +[\\d.]+ (\\w+)\\((.*)\\) += (-?\\d+).*$");
  private static final Pattern UNFINISHED =
      Pattern.compile("^(\\d+) +[\\d.]+ (\\w+)\\((.*) <unfinished \\.\\.\\.>$");
  private static final Pattern RESUMED =
      Pattern.compile("^(\\d+) +[\\d.]+ <\\.\\.\\. (\\w+) resumed>(.*)\\) += (-?\\d+).*$");

  /**
   * @param began line on which it began, {@code ended} that on which it returned
   */
  record Call(int began, int ended, String name, String arguments, long result) {
    boolean isSyncOf(String file) {
      return (name.equals("fsync") || name.equals("fdatasync"))
          && result == 0
          && arguments.contains(file + ">");
    }

    /** Arrived from a socket. */
    boolean received(String text) {
      return (name.startsWith("read") || name.startsWith("recv"))
          && result > 0
          && arguments.contains(text);
    }

    /** Went out on a socket. */
    boolean sent(String text) {
      return (name.startsWith("write") || name.startsWith("send"))
          && arguments.contains("TCP")
          && arguments.contains(text);
    }
  }

  static Syscalls parse(List<String> lines) {
    List<Call> calls = new ArrayList<>();
    Map<String, Call> open = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher whole = WHOLE.matcher(lines.get(i));
      Matcher unfinished = UNFINISHED.matcher(lines.get(i));
      Matcher resumed = RESUMED.matcher(lines.get(i));
      if (resumed.matches()) {
        Call begun = open.remove(resumed.group(1));
        if (begun != null) {
          String arguments = begun.arguments() + resumed.group(3);
          calls.add(
              new Call(
                  begun.began(), i, begun.name(), arguments, Long.parseLong(resumed.group(4))));
        }
      } else if (unfinished.matches()) {
        open.put(
            unfinished.group(1),
            new Call(i, Integer.MAX_VALUE, unfinished.group(2), unfinished.group(3), -1));
      } else if (whole.matches()) {
        calls.add(new Call(i, i, whole.group(2), whole.group(3), Long.parseLong(whole.group(4))));
      }
    }
    // A call cut off by the end of the recording has begun all the same.
    calls.addAll(open.values());
    return new Syscalls(List.copyOf(calls));
  }

  /**
   * The requests of these keys whose success went out without a sync of the file between the
   * request's arrival and the answer; requests or answers that are not in the recording count too.
   */
  List<String> acknowledgedWithoutSync(List<String> keys, String file) {
    List<String> found = new ArrayList<>();
    for (String key : keys) {
      int arrived =
          calls.stream().filter(call -> call.received(key)).mapToInt(Call::ended).min().orElse(-1);
      int answered =
          calls.stream()
              .filter(call -> call.began() > arrived && call.sent("HTTP/1.1 20"))
              .mapToInt(Call::began)
              .min()
              .orElse(-1);
      boolean synced =
          calls.stream()
              .anyMatch(
                  call -> call.isSyncOf(file) && call.began() > arrived && call.ended() < answered);
      if (arrived < 0 || answered < 0 || !synced) {
        found.add(
            key
                + ": arrived at line "
                + arrived
                + ", answered at line "
                + answered
                + ", synced: "
                + synced);
      }
    }
    return found;
  }
}
