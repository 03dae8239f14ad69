package dev.guidon.fuzz.targets;

import dev.guidon.fuzz.Target;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.stream.BlobStore;
import dev.guidon.stream.Disk;
import dev.guidon.stream.History;
import dev.guidon.stream.StateFormat;
import dev.guidon.stream.StateStore;
import dev.guidon.stream.StreamLimits;
import dev.guidon.stream.ViewFeed;
import dev.guidon.stream.ViewFeedSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files of a server or an SDK, written as they should be and then damaged: bits, bytes, tails,
 * parts in other places, whole files gone or exchanged, errors of the disk itself. What is loaded
 * is a state that there was, or nothing; what was given up is said; and what is written after that
 * is found again.
 */
public final class Disks implements Target {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

  private final Truth truth = new Truth();
  private final StateFormat<ScopeState> scopes = StateFormat.ofScope(History.SCOPE, LIMITS);
  private final StateFormat<View> views = StateFormat.ofView(History.SCOPE, History.REGION, LIMITS);
  private final List<byte[]> entries = truth.entries.stream().map(CommittedEntry::bytes).toList();
  private final List<byte[]> deltas = deltas();
  private final Written[] kept = new Written[2 * 40 * 40];

  /** What a store wrote. */
  private record Written(Map<String, byte[]> files) {}

  private List<byte[]> deltas() {
    List<byte[]> deltas = new ArrayList<>();
    for (int i = 0; i + 1 < truth.views.size(); i++) {
      ViewFeed feed = new ViewFeed(truth.views.get(i), ViewFeedSettings.DEFAULT);
      feed.replace(truth.views.get(i + 1));
      byte[] body = feed.poll(truth.views.get(i).position());
      if (body == null) {
        throw new IllegalStateException("no delta from view " + i);
      }
      deltas.add(
          Arrays.copyOf(body, body[body.length - 1] == '\n' ? body.length - 1 : body.length));
    }
    return deltas;
  }

  @Override
  public String run(byte[] input) throws IOException {
    Draw draw = new Draw(input);
    return switch (draw.below(5)) {
      case 0, 1 -> new Trial<>("state", scopes, truth.states, entries, truth::check, 0).run(draw);
      case 2, 3 ->
          new Trial<>(
                  "view",
                  views,
                  truth.views,
                  deltas,
                  view -> {
                    truth.checkWhole(view);
                    truth.checkPlace(view);
                  },
                  1)
              .run(draw);
      default -> blobs(draw);
    };
  }

  /** A store, its files damaged, and the store that starts from them. */
  private final class Trial<S> {
    private final String name;
    private final StateFormat<S> format;
    private final List<S> states;
    private final List<byte[]> records;
    private final Consumer<S> check;
    private final int family;

    Trial(
        String name,
        StateFormat<S> format,
        List<S> states,
        List<byte[]> records,
        Consumer<S> check,
        int family) {
      this.name = name;
      this.format = format;
      this.states = states;
      this.records = records;
      this.check = check;
      this.family = family;
    }

    String run(Draw draw) throws IOException {
      // Within the first era, or across the border: a view's delta leads there, an entry does not.
      int from = draw.below(Truth.CUT + 1);
      int to = from + draw.below(20 - from + 1);
      MemoryFiles disk = new MemoryFiles(written(from, to).files);
      boolean damaged = false;
      for (int i = draw.below(4); i > 0; i--) {
        damaged |= damage(disk, draw);
      }
      disk.failAt = draw.below(8) == 0 ? draw.below(8) : -1;
      boolean whole = !damaged && disk.failAt < 0;
      boolean hadSnapshot = disk.files.containsKey("snapshot");

      StateStore<S> store = new StateStore<>(disk, format);
      StateStore.Loaded<S> loaded = store.load();

      disk.failAt = -1;
      S state = loaded.state();
      if (whole) {
        S all = Must.present(state, "what was written whole is loaded");
        Must.equal(loaded.problems(), List.of(), "problems of what was written whole");
        Must.equal(
            format.position(all), format.position(states.get(to)), "position of what was written");
      }
      if (state == null) {
        Must.hold(
            !hadSnapshot || !loaded.problems().isEmpty(),
            "a snapshot that is given up is spoken of");
      } else {
        check.accept(state);
      }
      loaded
          .problems()
          .forEach(problem -> Must.hold(!problem.isBlank(), "a problem says something"));
      if (damaged && draw.below(2) == 0) {
        goOn(disk, store, state);
      }
      return name
          + (state == null
              ? " started from nothing"
              : format.position(state).equals(format.position(states.get(to)))
                  ? " loaded"
                  : " loaded in part")
          + (loaded.problems().isEmpty() ? "" : ", with a problem");
    }

    private Written written(int from, int to) throws IOException {
      int at = (family * 40 + from) * 40 + to;
      Written known = kept[at];
      if (known == null) {
        MemoryFiles disk = new MemoryFiles(Map.of());
        StateStore<S> store = new StateStore<>(disk, format);
        var _ = store.load();
        store.snapshot(states.get(from));
        for (int i = from; i < to; i++) {
          store.append(records.get(i), states.get(i + 1));
        }
        store.sync();
        known = new Written(Map.copyOf(disk.files));
        kept[at] = known;
      }
      return known;
    }

    /** What is written after a damaged start is there at the next one. */
    private void goOn(MemoryFiles disk, StateStore<S> store, @Nullable S state) throws IOException {
      int next = -1;
      for (int i = 0; state != null && i < 20; i++) {
        if (format.position(states.get(i)).equals(format.position(state))) {
          next = i;
        }
      }
      S after = next < 0 ? states.get(5) : states.get(next + 1);
      if (next < 0) {
        store.snapshot(after);
      } else {
        store.append(records.get(next), after);
      }
      StateStore.Loaded<S> again = new StateStore<>(disk, format).load();
      S found =
          Must.present(
              again.state(), "what was written after the damage is lost: " + again.problems());
      Must.equal(
          format.position(found),
          format.position(after),
          "position after the damage, " + again.problems());
      check.accept(found);
    }
  }

  /** Whether anything is other than before. */
  private boolean damage(MemoryFiles disk, Draw draw) {
    String name = draw.below(2) == 0 ? "snapshot" : "journal";
    byte[] before = disk.files.get(name);
    if (before == null) {
      return false;
    }
    byte[] after =
        switch (draw.below(8)) {
          case 0 -> null;
          case 1 ->
              Arrays.copyOf(
                  before, before.length == 0 ? 0 : draw.below(Math.min(before.length, 65_536)));
          case 2 -> Arrays.copyOf(before, before.length + draw.below(64));
          case 3 -> {
            byte[] more = draw.bytes(draw.below(32));
            byte[] longer = Arrays.copyOf(before, before.length + more.length);
            System.arraycopy(more, 0, longer, before.length, more.length);
            yield longer;
          }
          case 4 ->
              disk.files.getOrDefault(name.equals("journal") ? "snapshot" : "journal", new byte[0]);
          default -> draw.damaged(before);
        };
    if (after == null) {
      disk.files.remove(name);
    } else {
      disk.files.put(name, after);
    }
    return !Arrays.equals(before, after);
  }

  /** A blob is what its name says, or it is not there. */
  private static String blobs(Draw draw) throws IOException {
    MemoryFiles disk = new MemoryFiles(Map.of());
    byte[] one = "[\"u1\",\"u2\"]".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Hash hash = Hash.of(one);
    new BlobStore(disk).put(hash, one);
    byte[] other = draw.below(3) == 0 ? one : draw.damaged(one);
    if (draw.below(8) == 0) {
      disk.files.remove("blobs/" + hash);
    } else {
      disk.files.put("blobs/" + hash, other);
    }
    disk.files.put(
        "blobs/" + new String(draw.bytes(8), java.nio.charset.StandardCharsets.ISO_8859_1), one);

    BlobStore store = new BlobStore(disk);
    byte[] found = store.blob(hash);
    if (found == null) {
      Must.hold(!store.isPresent(hash), "a blob that cannot be read is not present");
      store.put(hash, one);
      Must.hold(Arrays.equals(store.blob(hash), one), "a blob fetched again is there");
      return "blob refused";
    }
    Must.hold(Arrays.equals(found, one), "a blob is what its name says");
    return "blob read";
  }

  /** Files in memory; one call after a given number of them fails. */
  private static final class MemoryFiles implements Disk {
    private final Map<String, byte[]> files;
    private int failAt = -1;

    MemoryFiles(Map<String, byte[]> files) {
      this.files = new HashMap<>(files);
    }

    private void step() throws IOException {
      if (failAt >= 0 && failAt-- == 0) {
        throw new IOException("the disk is broken");
      }
    }

    @Override
    public byte @Nullable [] read(String name) throws IOException {
      step();
      byte[] bytes = files.get(name);
      return bytes == null ? null : bytes.clone();
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
      step();
      files.put(name, bytes.clone());
    }

    @Override
    public void append(String name, byte[] bytes) throws IOException {
      step();
      byte[] before = files.getOrDefault(name, new byte[0]);
      byte[] after = Arrays.copyOf(before, before.length + bytes.length);
      System.arraycopy(bytes, 0, after, before.length, bytes.length);
      files.put(name, after);
    }

    @Override
    public void sync(String name) throws IOException {
      step();
    }

    @Override
    public void rename(String from, String to) throws IOException {
      step();
      byte[] bytes = files.remove(from);
      if (bytes == null) {
        throw new IOException(from + " is not there");
      }
      files.put(to, bytes);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
      step();
    }

    @Override
    public List<String> list(String folder) throws IOException {
      step();
      return files.keySet().stream()
          .filter(name -> name.startsWith(folder + "/"))
          .map(name -> name.substring(folder.length() + 1))
          .sorted()
          .toList();
    }

    @Override
    public void delete(String name) throws IOException {
      step();
      files.remove(name);
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte kind = 0; kind < 5; kind++) {
      seeds.add(new byte[] {kind, 5, 9, 0, 1, 7, 7});
      seeds.add(new byte[] {kind, 0, 20, 1, 1, 7, 0, 40, 7, 1});
      seeds.add(new byte[] {kind, 3, 4, 2, 0, 6, 1, 0, 80, 7, 2, 1, 1, 9});
    }
    return seeds;
  }

  @Override
  public byte[] fresh(Random random) {
    byte[] script = new byte[4 + random.nextInt(40)];
    random.nextBytes(script);
    return script;
  }

  @Override
  public List<byte[]> words() {
    return Words.of(
        "guidon-snapshot 1 ",
        "\n",
        "{\"v\":1,",
        "}",
        "\u0000\u0000\u0000\u0001",
        "revision",
        "0",
        "1");
  }
}
