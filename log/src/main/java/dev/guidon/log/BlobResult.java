package dev.guidon.log;

/** What is found under a hash. */
public sealed interface BlobResult {

  /**
   * @param bytes checked against the hash; callers must not change them
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  record Found(byte[] bytes) implements BlobResult {}

  /** Never put. */
  record Missing() implements BlobResult {}

  /** Erased: the bytes were here, or in the log this one was imported from. */
  record Erased() implements BlobResult {}
}
