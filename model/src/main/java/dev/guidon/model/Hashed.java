package dev.guidon.model;

/** Something whose whole content one hash stands for. */
public interface Hashed {
  Hash hash();
}
