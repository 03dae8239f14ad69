package dev.guidon.cli;

import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon promote}: brings flags from one environment into another. */
@Command(
    name = "promote",
    header = "Brings flags and what they name from one environment into another.",
    footer = {
      "guidon promote --from staging --to prod checkout --dry-run",
      "guidon promote --from staging --to prod checkout --keep-state --reason 'release 12'"
    })
final class Promote extends ApiCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "FLAG",
      description = "All flags, segments and layers if left out.")
  List<String> flags = List.of();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "ENV",
      description = "Where they are taken.")
  String from = "";

  @Option(
      names = "--to",
      paramLabel = "ENV",
      description = "Where they go; the one in force if left out.")
  @Nullable String to;

  @Option(names = "--entity", paramLabel = "KIND:KEY", description = "Also a segment or a layer.")
  List<String> entities = List.of();

  @Option(names = "--keep-state", description = "A flag that is there already stays on or off.")
  boolean keepState;

  @picocli.CommandLine.Mixin ChangeOptions change = new ChangeOptions();

  Promote(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    String project = session.settings().project();
    String source = Settings.checkedKey("environment", from);
    String target =
        to == null ? session.settings().environment() : Settings.checkedKey("environment", to);
    if (source.equals(target)) {
      throw CliException.usage("--from and --to are both " + source + ".", null);
    }
    Place place = new Place(session, new ScopeId.Environment(project, target));
    boolean all = flags.isEmpty() && entities.isEmpty();
    Call call = place.call("POST", "promote").body(request(source, all));
    if (!change.dryRun && all) {
      showAndConfirm(session, place, call);
    }
    place.change(
        call,
        change,
        "promoted "
            + (all ? "everything" : String.join(", ", names()))
            + " from "
            + project
            + "/"
            + source);
    return ExitCode.OK;
  }

  private List<String> names() {
    List<String> names =
        new java.util.ArrayList<>(flags.stream().map(flag -> "flag:" + flag).toList());
    names.addAll(entities);
    return names;
  }

  private Json request(String source, boolean all) {
    Json.Obj.Builder body = Json.Obj.builder().put("from", source);
    if (!all) {
      body.put("entities", Members.array(names()));
    }
    return body.put("on", keepState ? "keep" : "copy").build();
  }

  private static void showAndConfirm(Session session, Place place, Call call) {
    if (!session.settings().saysYes()) {
      Json check = session.api().send(call.query("dryRun", "true")).body();
      Changes.showDryRun(session, check);
    }
    session.confirm("All of this is going to change in " + place.name() + ".", place.name());
  }
}
