package dev.guidon.benchmarks.load;

import dev.guidon.benchmarks.ViewSource;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.engine.Context;
import dev.guidon.model.Hash;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.stream.ViewSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The shipped client, started from its cache directory while no server answers, with everything in
 * place that a connected client has.
 */
public final class GuidonHolder implements Holder {
  private static final String KEY = "gdn_srv_a-key-of-the-benchmarks";
  private static final String REGION = "local";
  private @Nullable GuidonClient client;

  @Override
  public void write(Many many, Path folder) throws IOException {
    byte[] snapshot = ViewSnapshot.encode(ViewSource.view(many.documents()));
    ByteArrayOutputStream file = new ByteArrayOutputStream(snapshot.length + 100);
    file.writeBytes(
        ("guidon-snapshot 1 " + Hash.of(snapshot).hex() + "\n").getBytes(StandardCharsets.UTF_8));
    file.writeBytes(snapshot);
    // The client keeps clients of different keys and regions apart by this name.
    String owner = Hash.of(KEY + "\n" + REGION + "\n").hex();
    Path directory = Files.createDirectories(folder.resolve("guidon-" + owner.substring(0, 16)));
    Files.write(directory.resolve("snapshot"), file.toByteArray());
  }

  @Override
  public void load(Path folder) {
    GuidonClient made =
        GuidonClient.builder()
            .url("http://127.0.0.1:1")
            .key(KEY)
            .region(REGION)
            .cacheDirectory(folder)
            .initTimeout(Duration.ofSeconds(1))
            .build();
    client = made;
    if (!made.isReady()) {
      throw new IllegalStateException("client: " + made.status() + " (expected: flags from disk)");
    }
  }

  @Override
  public String ask(String flag, User user) {
    GuidonClient asked = client;
    if (asked == null) {
      throw new IllegalStateException("not loaded");
    }
    Context context =
        Context.builder()
            .targetingKey(user.key())
            .put("country", user.country())
            .put("build", user.build())
            .build();
    return asked.stringValue(flag, context, "nothing");
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
