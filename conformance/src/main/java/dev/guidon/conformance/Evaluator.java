package dev.guidon.conformance;

/** What a vector asks of an evaluator. */
public interface Evaluator {
  /**
   * Answers one question. Questions of one suite come one after the other with the same scene, so
   * that an evaluator may prepare it once.
   */
  Answer answer(Scene scene, Question question);
}
