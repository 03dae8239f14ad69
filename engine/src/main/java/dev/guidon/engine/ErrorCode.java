package dev.guidon.engine;

/** What went wrong, in the words of OpenFeature. */
public enum ErrorCode {
  PROVIDER_NOT_READY,
  FLAG_NOT_FOUND,
  PARSE_ERROR,
  TYPE_MISMATCH,
  TARGETING_KEY_MISSING,
  INVALID_CONTEXT,
  GENERAL
}
