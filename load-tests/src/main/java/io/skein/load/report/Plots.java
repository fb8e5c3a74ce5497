package io.skein.load.report;

import io.skein.load.report.Course.Point;
import java.util.List;
import java.util.Locale;

/** Pictures for a page: SVG without anything from elsewhere. */
public final class Plots {
    private static final int WIDTH = 860;
    private static final int LABELS = 150;
    private static final int BAR = 26;
    private static final int HEIGHT = 240;
    private static final int LEFT = 70;
    private static final int RIGHT = 15;
    private static final int TOP = 30;
    private static final int BOTTOM = 40;
    private static final int STEPS = 4;

    private Plots() {}

    /** @param fill a colour */
    public record Bar(String label, double value, String fill) {}

    /** @param dots whether the points stand apart, without a line */
    public record Line(String label, String stroke, boolean dots, List<Point> points) {}

    /** A part of the time, with a name. */
    public record Span(String label, double from, double to) {}

    /** Bars from the left, each with its value; the title says the unit. */
    public static String bars(String title, List<Bar> bars) {
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        int height = TOP + bars.size() * (BAR + 8) + 10;
        var svg = new StringBuilder(open(height, title));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = TOP + i * (BAR + 8);
            double length = (WIDTH - LABELS - 110) * bar.value() / most;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%d' text-anchor='end'>%s</text><rect x='%d' y='%d' width='%.1f' height='%d'"
                            + " fill='%s'/><text x='%.1f' y='%d'>%s</text>%n",
                    LABELS - 8,
                    y + 18,
                    escape(bar.label()),
                    LABELS,
                    y,
                    Math.max(1, length),
                    BAR,
                    bar.fill(),
                    LABELS + Math.max(1, length) + 8,
                    y + 18,
                    String.format(Locale.ROOT, "%,.2f", bar.value())));
        }
        return svg.append("</svg>\n").toString();
    }

    /** Lines over seconds, from 0 upwards. */
    public static String lines(String title, List<Line> lines, List<Span> spans) {
        double mostX = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::seconds)
                .max()
                .orElse(1);
        double mostY = nice(lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::value)
                .max()
                .orElse(1));
        var svg = new StringBuilder(open(HEIGHT, title));
        spans(svg, spans, mostX);
        for (int step = 0; step <= STEPS; step++) {
            double value = mostY * step / STEPS;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#ddd'/><text x='%d' y='%.1f'"
                            + " text-anchor='end'>%s</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(value, mostY),
                    y(value, mostY),
                    LEFT - 6,
                    y(value, mostY) + 4,
                    number(value)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%.1f' y='%d' text-anchor='middle'>%.0f s</text>%n",
                    x(mostX * step / STEPS, mostX),
                    HEIGHT - BOTTOM + 16,
                    mostX * step / STEPS));
        }
        int legend = LEFT;
        for (Line line : lines) {
            drawn(svg, line, mostX, mostY);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x='%d' y='%d' width='12' height='4' fill='%s'/><text x='%d' y='%d'>%s</text>%n",
                    legend,
                    HEIGHT - 10,
                    line.stroke(),
                    legend + 16,
                    HEIGHT - 5,
                    escape(line.label())));
            legend += 30 + 7 * line.label().length();
        }
        return svg.append("</svg>\n").toString();
    }

    private static void spans(StringBuilder svg, List<Span> spans, double mostX) {
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            double from = x(span.from(), mostX);
            double width = x(span.to(), mostX) - from;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'><title>%s</title></rect>%n",
                    from,
                    TOP,
                    Math.max(0, width),
                    HEIGHT - TOP - BOTTOM,
                    i % 2 == 0 ? "#f4f6f8" : "#e8edf2",
                    escape(span.label())));
            // A name that does not fit is in the title only.
            if (width > 6 * span.label().length()) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<text x='%.1f' y='%d' fill='#789' font-size='10'>%s</text>%n",
                        from + 3,
                        TOP + 11,
                        escape(span.label())));
            }
        }
    }

    private static void drawn(StringBuilder svg, Line line, double mostX, double mostY) {
        if (line.dots()) {
            for (Point point : line.points()) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/>%n",
                        x(point.seconds(), mostX),
                        y(point.value(), mostY),
                        line.stroke()));
            }
            return;
        }
        svg.append(String.format(
                Locale.ROOT, "<polyline fill='none' stroke='%s' stroke-width='1.5' points='", line.stroke()));
        for (Point point : line.points()) {
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.seconds(), mostX), y(point.value(), mostY)));
        }
        svg.append("'/>\n");
    }

    private static String open(int height, String title) {
        return String.format(
                Locale.ROOT,
                "<svg viewBox='0 0 %d %d' width='%d' height='%d' role='img' font-family='sans-serif' font-size='12'>"
                        + "<text x='4' y='16' font-weight='bold'>%s</text>%n",
                WIDTH,
                height,
                WIDTH,
                height,
                escape(title));
    }

    private static double x(double value, double most) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (most == 0 ? 0 : value / most);
    }

    private static double y(double value, double most) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (most == 0 ? 0 : value / most);
    }

    /** The next of 1, 2, 5, 10 … that is not below it. */
    private static double nice(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-9))));
        for (double step : new double[] {1, 2, 4, 5, 8}) {
            if (step * power >= most) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        return value >= 10 || value == 0
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    /** Text as it may stand in a page, in quotes too. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
