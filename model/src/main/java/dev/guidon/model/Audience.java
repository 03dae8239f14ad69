package dev.guidon.model;

/** The farthest consumer that may see an entity. */
public enum Audience {
  CONTROL,
  EDGE,
  SDK
}
