package dev.guidon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/**
 * {@code guidon completion}: scripts for three shells from one list of commands. Commands and
 * options are in the script; keys come from {@link Complete}.
 */
@Command(
    name = "completion",
    header = "Writes the completion script of a shell.",
    footer = {
      "source <(guidon completion bash)",
      "guidon completion zsh > \"${fpath[1]}/_guidon\"",
      "guidon completion fish > ~/.config/fish/completions/guidon.fish"
    })
final class Completion extends ApiCommand {
  /** What {@link Complete} knows, by the label of a parameter. */
  static final List<String> DYNAMIC = List.of("FLAG", "SEGMENT", "LAYER", "PROJECT", "ENV");

  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  Shell shell = Shell.BASH;

  Completion(CliEnvironment env) {
    super(env);
  }

  /**
   * One command as a shell sees it.
   *
   * @param path words from the program's name on, without it
   * @param kind what its parameter names, or empty
   */
  private record Node(String path, List<String> words, List<OptionSpec> options, String kind) {}

  @Override
  ExitCode run(Session session) {
    if (spec == null) {
      throw new IllegalStateException("a command outside of a command line");
    }
    List<Node> nodes = new ArrayList<>();
    collect("", spec.root(), nodes);
    session
        .out()
        .text(
            switch (shell) {
              case BASH -> bash(nodes);
              case ZSH -> zsh(nodes);
              case FISH -> fish(nodes);
            });
    return ExitCode.OK;
  }

  private static void collect(String path, CommandSpec command, List<Node> nodes) {
    Map<String, CommandLine> visible = new TreeMap<>();
    command
        .subcommands()
        .forEach((name, subcommand) -> {
          if (!subcommand.getCommandSpec().usageMessage().hidden()) {
            visible.put(name, subcommand);
          }
        });
    List<OptionSpec> options =
        command.options().stream()
            .sorted((a, b) -> a.longestName().compareTo(b.longestName()))
            .toList();
    String kind =
        command.positionalParameters().stream().map(Completion::kind).findFirst().orElse("");
    nodes.add(new Node(path, List.copyOf(visible.keySet()), options, kind));
    visible.forEach((name, subcommand) ->
        collect((path + " " + name).strip(), subcommand.getCommandSpec(), nodes));
  }

  /** What a parameter or option takes: a dynamic kind, FILE, or nothing known. */
  private static String kind(ArgSpec argument) {
    String label = argument.paramLabel().replaceAll("[^A-Z].*$", "");
    return DYNAMIC.contains(label) || label.equals("FILE") || label.equals("DIR") ? label : "";
  }

  private static String names(List<OptionSpec> options) {
    return options.stream().map(OptionSpec::longestName).collect(Collectors.joining(" "));
  }

  /** Every option with a value, by what the value is; the same name means the same everywhere. */
  private static Map<String, String> valueOptions(List<Node> nodes) {
    Map<String, String> kinds = new TreeMap<>();
    for (Node node : nodes) {
      for (OptionSpec option : node.options()) {
        if (option.arity().max() > 0) {
          for (String name : option.names()) {
            kinds.put(name, kind(option));
          }
        }
      }
    }
    return kinds;
  }

  private static String pathCases(List<Node> nodes, String indent) {
    return nodes.stream()
        .filter(node -> !node.path().isEmpty())
        .map(node ->
            indent
                + "\""
                + parent(node.path())
                + ":"
                + last(node.path())
                + "\") path=\""
                + node.path()
                + "\" ;;\n")
        .collect(Collectors.joining());
  }

  private static String parent(String path) {
    int space = path.lastIndexOf(' ');
    return space < 0 ? "" : path.substring(0, space);
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf(' ') + 1);
  }

  private static String wordCases(List<Node> nodes) {
    return nodes.stream()
        .map(node ->
            "    \"%s\") words=\"%s\" options=\"%s\" kind=\"%s\" ;;\n"
                .formatted(
                    node.path(),
                    String.join(" ", node.words()),
                    names(node.options()),
                    node.kind()))
        .collect(Collectors.joining());
  }

  private static String valueCases(List<Node> nodes) {
    return valueOptions(nodes).entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                TreeMap::new,
                Collectors.mapping(Map.Entry::getKey, Collectors.joining("|"))))
        .entrySet()
        .stream()
        .map(entry ->
            "    %s) value=\"%s\" ;;\n"
                .formatted(entry.getValue(), entry.getKey().isEmpty() ? "TEXT" : entry.getKey()))
        .collect(Collectors.joining());
  }

  private static String lookUp(List<Node> nodes) {
    return """
    # _guidon_look: from the words before the cursor to what may stand there.
    _guidon_look() {
      local word skip=
      path= value= words= options= kind=
      for word in "$@"; do
        if [ -n "$skip" ]; then skip=; continue; fi
        case "$word" in
        -*=*) continue ;;
        -*) _guidon_value "$word"; [ -n "$value" ] && skip=1; value=; continue ;;
        esac
        case "$path:$word" in
    %s    esac
      done
      case "$path" in
    %s  esac
    }
    # _guidon_value: what an option takes.
    _guidon_value() {
      value=
      case "$1" in
    %s  esac
    }
    """
        .formatted(pathCases(nodes, "    "), wordCases(nodes), valueCases(nodes));
  }

  private static String bash(List<Node> nodes) {
    return "# bash completion for guidon; made by: guidon completion bash\n"
        + lookUp(nodes)
        + """
        _guidon() {
          local path value words options kind before
          local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
          before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
          _guidon_look "${before[@]}"
          [ "$COMP_CWORD" -gt 1 ] && _guidon_value "$previous"
          COMPREPLY=()
          case "${value:-$kind}" in
          FILE|DIR) compopt -o default; [ -n "$value" ] && return ;;
          TEXT) return ;;
          "") ;;
          *)
            if [[ -n $value || $current != -* ]]; then
              mapfile -t COMPREPLY < <(compgen -W "$(guidon __complete "${value:-$kind}" -- "${before[@]}" 2>/dev/null)" -- "$current")
              return
            fi ;;
          esac
          if [[ $current == -* ]]; then words=$options; fi
          mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        }
        complete -F _guidon guidon
        """;
  }

  private static String zsh(List<Node> nodes) {
    return "#compdef guidon\n# zsh completion for guidon; made by: guidon completion zsh\n"
        + lookUp(nodes).replace("path=", "at=").replace("$path", "$at")
        + """
        _guidon() {
          # Not "path": in zsh that is PATH.
          local at value words_of options kind
          local current=${words[CURRENT]} previous=${words[CURRENT-1]}
          local -a before=("${(@)words[2,CURRENT-1]}")
          local -a found
          () {
            local words
            _guidon_look "${before[@]}"
            words_of=$words
          }
          (( CURRENT > 2 )) && _guidon_value "$previous"
          case "${value:-$kind}" in
          FILE|DIR) _files; [[ -n $value ]] && return ;;
          TEXT) return ;;
          "") ;;
          *)
            if [[ -n $value || $current != -* ]]; then
              found=("${(@f)$(guidon __complete "${value:-$kind}" -- "${before[@]}" 2>/dev/null)}")
              compadd -- $found
              return
            fi ;;
          esac
          if [[ $current == -* ]]; then found=(${=options}); else found=(${=words_of}); fi
          compadd -- $found
        }
        if [ "$funcstack[1]" = "_guidon" ]; then _guidon "$@"; else compdef _guidon guidon; fi
        """;
  }

  private static String fish(List<Node> nodes) {
    StringBuilder script =
        new StringBuilder(
            """
            # fish completion for guidon; made by: guidon completion fish
            function __guidon_at
                set -l words (commandline -opc)
                set -l at
                for word in $words[2..]
                    string match -q -- '-*' $word; and continue
                    contains -- "$at $word" $__guidon_paths; and set at "$at $word"
                end
                test "$at" = "$argv[1]"
            end
            function __guidon_keys
                set -l words (commandline -opc)
                guidon __complete $argv[1] -- $words[2..] 2>/dev/null
            end
            complete -c guidon -f
            """);
    script
        .append("set -g __guidon_paths")
        .append(
            nodes.stream()
                .filter(node -> !node.path().isEmpty())
                .map(node -> " ' " + node.path() + "'")
                .collect(Collectors.joining()))
        .append('\n');
    for (Node node : nodes) {
      String at = "__guidon_at '" + (node.path().isEmpty() ? "" : " " + node.path()) + "'";
      if (!node.words().isEmpty()) {
        line(script, at, "-a '" + String.join(" ", node.words()) + "'");
      }
      if (DYNAMIC.contains(node.kind())) {
        line(script, at, "-a '(__guidon_keys " + node.kind() + ")'");
      }
      for (OptionSpec option : node.options()) {
        line(script, at, fishOption(option));
      }
    }
    return script.toString();
  }

  private static void line(StringBuilder script, String condition, String rest) {
    script
        .append("complete -c guidon -n \"")
        .append(condition)
        .append("\" ")
        .append(rest)
        .append('\n');
  }

  private static String fishOption(OptionSpec option) {
    StringBuilder text = new StringBuilder();
    for (String name : option.names()) {
      text.append(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
          .append(' ');
    }
    if (option.arity().max() > 0) {
      String kind = kind(option);
      text.append(
          switch (kind) {
            case "" -> "-x ";
            case "FILE", "DIR" -> "-r -F ";
            default -> "-x -a '(__guidon_keys " + kind + ")' ";
          });
    }
    String description = option.description().length == 0 ? "" : option.description()[0];
    return text.append("-d '")
        .append(description.replace("'", "\\'").toLowerCase(Locale.ROOT))
        .append('\'')
        .toString();
  }
}
