package dev.guidon.fuzz;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one run of a target came to. */
record Summary(
    String target,
    long seed,
    long executions,
    long inputs,
    double seconds,
    int corpus,
    Map<String, Long> outcomes,
    Coverage coverage,
    @Nullable Finding finding) {
  double perSecond() {
    return executions / seconds;
  }

  String outcomesText() {
    return outcomes.entrySet().stream()
        .map(one -> String.format(Locale.ROOT, "%s %,d", one.getKey(), one.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** One line, as a claim wants it. */
  String brief() {
    return String.format(
        Locale.ROOT,
        "%,d executions (%,d inputs), seed %d, %,.0f/s, %s, %d kinds of outcome (%s), %s",
        executions,
        inputs,
        seed,
        perSecond(),
        finding == null ? "nothing found" : "FOUND SOMETHING",
        outcomes.size(),
        outcomesText(),
        coverage.all().text());
  }

  String text() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%s: %,d executions (%,d inputs) in %.1f s, %,.0f/s, seed %d, corpus %d%n",
            target,
            executions,
            inputs,
            seconds,
            perSecond(),
            seed,
            corpus));
    outcomes.forEach(
        (name, count) -> out.append(String.format(Locale.ROOT, "  %,12d  %s%n", count, name)));
    coverage
        .packages()
        .forEach((name, part) ->
            out.append("  ").append(name).append(": ").append(part.text()).append('\n'));
    if (finding != null) {
      out.append(finding.text()).append('\n');
    }
    return out.toString();
  }
}
