package dev.guidon.control;

import dev.guidon.model.Problem;

/**
 * One thing wrong with a command.
 *
 * @param edit the index of the edit, -1 for the command as a whole
 * @param problem its pointer is relative to the edit's document
 */
public record EditProblem(int edit, Problem problem) {}
