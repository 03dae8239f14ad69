package dev.guidon.fuzz;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Something that takes any bytes. It answers what kind of outcome they had, and throws when they
 * did what must never happen: anything thrown is a finding.
 */
public interface Target extends AutoCloseable {
  /** Takes one input and names its outcome; there are few names. */
  String run(byte[] input) throws Exception;

  /** Inputs to begin with: at least one that is accepted for each form that the target reads. */
  List<byte[]> seeds();

  /** Words of the formats, which chance alone would take long to write. */
  List<byte[]> words();

  /** A new input, made by the target's own grammar. */
  default byte[] fresh(Random random) {
    List<byte[]> seeds = seeds();
    return seeds.get(random.nextInt(seeds.size()));
  }

  /**
   * One input in so many is a fresh one, the others are made of those that reached something new.
   */
  default int freshOneIn() {
    return 8;
  }

  /** How many inputs it likes to take at once. */
  default int lot() {
    return 1;
  }

  /** Takes a lot, in any order, and tells each outcome. */
  default void runAll(List<byte[]> inputs, Consumer<String> outcomes) throws Exception {
    for (byte[] input : inputs) {
      outcomes.accept(run(input));
    }
  }

  /**
   * How many things have been tried with the inputs so far, where one input is not one thing: the
   * evaluator's inputs are scenes, and what counts is each answer that was compared.
   *
   * @param inputs how many there were
   */
  default long executions(long inputs) {
    return inputs;
  }

  @Override
  default void close() throws Exception {}
}
