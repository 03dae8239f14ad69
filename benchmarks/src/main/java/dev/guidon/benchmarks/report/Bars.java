package dev.guidon.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * Bars on a logarithmic scale as SVG, with a dot for every fork, so that one sees how much a number
 * moves.
 */
final class Bars {
  private static final int LEFT = 210;
  private static final int WIDTH = 900;
  private static final int ROW = 22;
  private static final int TOP = 46;

  private Bars() {}

  /** One bar, as long as the median. */
  record Bar(String name, double median, List<Double> forks, boolean isOurs) {}

  static String svg(String title, List<Bar> bars) {
    double most = bars.stream().mapToDouble(Bar::median).max().orElse(10);
    int decades = Math.max(1, (int) Math.ceil(Math.log10(Math.max(most, 1.01)) + 0.05));
    int height = TOP + bars.size() * ROW + 34;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n",
            WIDTH,
            height));
    line(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    line(svg, "<text x=\"10\" y=\"22\" font-size=\"15\">%s</text>", escaped(title));
    for (int decade = 0; decade <= decades; decade++) {
      double x = x(Math.pow(10, decade), decades);
      line(
          svg,
          "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>",
          x,
          x,
          TOP - 8,
          height - 28);
      line(
          svg,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#666666\">%,d ns</text>",
          x,
          height - 10,
          (long) Math.pow(10, decade));
    }
    int y = TOP;
    for (Bar bar : bars) {
      bar(svg, bar, y, decades);
      y += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Bar bar, int y, int decades) {
    line(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        LEFT - 8,
        y + 13,
        escaped(bar.name));
    double end = x(bar.median, decades);
    line(
        svg,
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>",
        LEFT,
        y + 2,
        Math.max(1, end - LEFT),
        bar.isOurs ? "#2f6f4f" : "#b9c4cc");
    for (double fork : bar.forks) {
      line(
          svg,
          "<circle cx=\"%.1f\" cy=\"%d\" r=\"2.2\" fill=\"#111111\" fill-opacity=\"0.55\"/>",
          x(fork, decades),
          y + 9);
    }
    double label = bar.forks.stream().mapToDouble(fork -> x(fork, decades)).max().orElse(end);
    line(
        svg,
        "<text x=\"%.1f\" y=\"%d\">%,.1f</text>",
        Math.max(label, end) + 8,
        y + 13,
        bar.median);
  }

  private static double x(double nanos, int decades) {
    double share = Math.log10(Math.max(1, nanos)) / decades;
    return LEFT + Math.min(1.02, share) * (WIDTH - LEFT - 90);
  }

  @SuppressWarnings("AnnotateFormatMethod") // its callers stand above
  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
