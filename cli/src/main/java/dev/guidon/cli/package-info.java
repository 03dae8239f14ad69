/**
 * The commands that speak to the API: a client without privileges.
 *
 * <p>{@link dev.guidon.cli.Cli} is the door, for a process of its own and for the server's program,
 * which mounts these commands beside its own. A command is one small class in the file of its noun
 * ({@code FlagCommands}, {@code SegmentCommands}, …): it reads its arguments, asks {@code Api}, and
 * hands what came back to {@code Output}. Data goes to standard output, everything else to standard
 * error; {@code ExitCode} lists the only exit codes there are.
 */
@NullMarked
package dev.guidon.cli;

import org.jspecify.annotations.NullMarked;
