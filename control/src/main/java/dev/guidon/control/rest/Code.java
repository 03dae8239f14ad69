package dev.guidon.control.rest;

import java.util.Locale;

/** Every error of the API: first the caller's, then capacity's and ours. */
public enum Code {
  BAD_REQUEST(400, "Not a request of this API"),
  UNAUTHENTICATED(401, "No valid credential"),
  FORBIDDEN(403, "Not allowed with this credential"),
  NOT_FOUND(404, "Not there"),
  METHOD_NOT_ALLOWED(405, "Not a method of this address"),
  CONFLICT(409, "Somebody else changed it first"),
  KEY_REUSED(409, "The idempotency key belongs to another command"),
  STILL_EVALUATED(409, "The flag is still evaluated"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "Not a media type of this operation"),
  INVALID(422, "Not acceptable as it is"),
  RATE_LIMITED(429, "Too many requests"),
  INTERNAL(500, "A fault of this server"),
  UNAVAILABLE(503, "The log cannot be asked now"),
  OUTCOME_UNKNOWN(503, "The command may have happened; repeat it with the same idempotency key"),
  STALE(503, "Not as new as the token demands, yet");

  private final int status;
  private final String title;

  Code(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** Stable, and the address of a page that explains it. */
  public String type() {
    return "https://guidon.dev/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
