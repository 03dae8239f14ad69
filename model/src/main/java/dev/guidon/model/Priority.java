package dev.guidon.model;

/** The lane of a commit, decided by control: emergencies overtake, bulk work waits. */
public enum Priority {
  EMERGENCY("emergency"),
  NORMAL("normal"),
  BULK("bulk");

  private final String text;

  Priority(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /** Unknown lanes of newer writers count as normal. */
  public static Priority named(String text) {
    for (Priority priority : values()) {
      if (priority.text.equals(text)) {
        return priority;
      }
    }
    return NORMAL;
  }
}
