package dev.guidon.control.lint;

import org.jspecify.annotations.Nullable;

/** What is known of a flag's life besides its document. */
public interface Usage {
  /** Nothing is known. */
  Usage UNKNOWN =
      new Usage() {
        @Override
        public @Nullable Long declaredMicros(String flag) {
          return null;
        }

        @Override
        public @Nullable Long countedSinceMicros() {
          return null;
        }

        @Override
        public long evaluations(String flag, long sinceMicros) {
          return 0;
        }
      };

  /** When the catalog declared the flag, at the latest; {@code null} when that is not known. */
  @Nullable Long declaredMicros(String flag);

  /**
   * Since when evaluations of the environment have been counted here without a gap that is known;
   * {@code null} when nothing was ever reported.
   */
  @Nullable Long countedSinceMicros();

  /** How often the flag was evaluated since an instant, as far as it was reported. */
  long evaluations(String flag, long sinceMicros);
}
