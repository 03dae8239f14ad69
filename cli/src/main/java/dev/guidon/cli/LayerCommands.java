package dev.guidon.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon layer}. */
@Command(
    name = "layer",
    header = "Layers: sets of rollouts of which a unit is in one at most.",
    footer = {"guidon layer list --env shop/prod", "guidon layer set pricing -f pricing.yaml"})
final class LayerCommands extends Noun {
  private static final EntityDoc.Kind LAYER = EntityDoc.Kind.LAYER;

  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new LayerCommands(), List.of(new LayerList(env), new LayerGet(env), new LayerSet(env)));
  }

  @Command(
      name = "list",
      header = "Lists the layers of an environment.",
      footer = "guidon layer list --env shop/prod")
  private static final class LayerList extends ApiCommand {
    LayerList(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place.of(session)
          .list(
              LAYER,
              null,
              new Table()
                  .column("KEY", item -> Members.text(item, "key"))
                  .column("UNIT", item -> Members.text(item, "doc", "unit"))
                  .number(
                      "RANGES", item -> String.valueOf(Members.items(item, "doc", "ranges").size()))
                  .number(
                      "TAKEN",
                      item ->
                          DocumentDiff.percent(
                              Members.objects(item, "doc", "ranges").stream()
                                  .mapToLong(range ->
                                      Members.whole(range, "to") - Members.whole(range, "from"))
                                  .sum()))
                  .number("REVISION", item -> Members.text(item, "version")));
      return ExitCode.OK;
    }
  }

  @Command(name = "get", header = "Shows a layer.", footer = "guidon layer get pricing")
  private static final class LayerGet extends ApiCommand {
    @Parameters(paramLabel = "LAYER", description = "The layer's key.")
    String key = "";

    @Option(
        names = "--at",
        paramLabel = "WHEN",
        description = "As of a revision, an instant, or 14:02.")
    @Nullable String at;

    LayerGet(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.show(LAYER, key, at, (s, doc) -> Yaml.text(doc).lines().toList());
      return ExitCode.OK;
    }
  }

  @Command(
      name = "set",
      header = "Creates a layer or replaces it.",
      footer = "guidon layer set pricing -f pricing.yaml --env shop/prod")
  private static final class LayerSet extends ApiCommand {
    @Parameters(paramLabel = "LAYER", description = "The layer's key.")
    String key = "";

    @Option(
        names = {"-f", "--file"},
        required = true,
        paramLabel = "FILE",
        description = "The whole document, as YAML or JSON; - is standard input.")
    String file = "";

    @Option(
        names = "--based-on",
        paramLabel = "REVISION",
        description = "Fails when the layer has changed since.")
    @Nullable Long basedOn;

    @Mixin ChangeOptions change = new ChangeOptions();

    LayerSet(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Place place = Place.of(session);
      place.change(
          place
              .put(LAYER, key, Arguments.entity(session.env(), file, LAYER, key))
              .header("If-Match", FlagCommands.quoted(basedOn)),
          change,
          "layer " + key + ": set");
      return ExitCode.OK;
    }
  }
}
