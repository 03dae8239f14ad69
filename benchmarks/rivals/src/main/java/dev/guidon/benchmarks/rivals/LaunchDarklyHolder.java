package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import com.launchdarkly.sdk.LDContext;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.load.Holder;
import dev.guidon.benchmarks.load.Many;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** LaunchDarkly with many flags from a file. */
public final class LaunchDarklyHolder implements Holder {
  private @Nullable LaunchDarkly engine;

  @Override
  public void write(Many many, Path folder) throws IOException {
    Json.Obj.Builder flags = Json.Obj.builder();
    for (int i = 0; i < many.count(); i++) {
      flags.put(Many.key(i), flag(i));
    }
    Files.write(folder.resolve("flags.json"), CanonicalJson.bytes(obj("flags", flags.build())));
  }

  private static Json flag(int flag) {
    return obj(
        "key", Many.key(flag),
        "version", 1,
        "on", true,
        "salt", Many.salt(flag),
        "variations", arr(Many.on(flag), Many.off(flag)),
        "offVariation", 1,
        "fallthrough", obj("variation", 1),
        "rules",
            each(
                Many.RULES,
                rule ->
                    obj(
                        "id", Many.ruleId(flag, rule),
                        "variation", 0,
                        "clauses",
                            arr(
                                obj(
                                    "attribute", "country",
                                    "op", "in",
                                    "values", Many.countries(flag, rule)),
                                obj(
                                    "attribute", "build",
                                    "op", "greaterThanOrEqual",
                                    "values", arr(Many.bound(flag, rule)))))));
  }

  @Override
  public void load(Path folder) {
    engine = new LaunchDarkly(folder.resolve("flags.json"));
  }

  @Override
  public String ask(String flag, User user) {
    LaunchDarkly asked = engine;
    if (asked == null) {
      throw new IllegalStateException("not loaded");
    }
    LDContext context =
        LDContext.builder(user.key())
            .set("country", user.country())
            .set("build", user.build())
            .build();
    return asked.client().stringVariation(flag, context, "nothing");
  }

  @Override
  public void close() throws IOException {
    if (engine != null) {
      engine.close();
    }
  }
}
