package dev.guidon.server.demo;

/** A step of the demo did not show what it claims. */
public final class DemoFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  DemoFailure(String message) {
    super(message);
  }
}
