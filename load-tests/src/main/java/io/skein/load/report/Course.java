package io.skein.load.report;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.skein.load.report.Plots.Span;
import io.skein.load.report.Result.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One thing that went on for long, and was looked at again and again.
 *
 * @param title what it was; the same in two results that are compared
 * @param rows what was seen in each part of it, one system's; none if the result's own rows say it
 * @param spans the parts of the time, in their order
 * @param charts what was seen over the time
 */
public record Course(String title, List<Row> rows, List<Span> spans, List<Chart> charts) {
    /** A picture over seconds; its title says the unit. */
    public record Chart(String title, List<Series> series) {
        /** One thing that was seen each time. */
        public static Chart of(String title, List<Look> looks, String figure) {
            return new Chart(title, List.of(Series.of(figure, looks, figure)));
        }
    }

    /**
     * One line of a picture.
     *
     * @param dots whether its points stand apart
     */
    public record Series(String label, boolean dots, List<Point> points) {
        /** What was seen under a name, wherever it was. */
        public static Series of(String label, List<Look> looks, String figure) {
            return new Series(
                    label,
                    false,
                    looks.stream()
                            .filter(look -> look.figures().containsKey(figure))
                            .map(look ->
                                    new Point(look.seconds(), look.figures().getOrDefault(figure, Double.NaN)))
                            .toList());
        }
    }

    /** One moment: seconds since the beginning, and what was there. A pair of numbers in JSON. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record Point(double seconds, double value) {}

    /**
     * One look at what went on.
     *
     * @param seconds since the beginning
     * @param part which part of it this belonged to
     * @param figures what was seen, by name
     */
    public record Look(double seconds, String part, Map<String, Double> figures) {}

    /** Looks of the same part, one after the other, are a part of the time. */
    public static List<Span> spans(List<Look> looks) {
        var spans = new ArrayList<Span>();
        double from = 0;
        for (Look look : looks) {
            if (!spans.isEmpty() && spans.getLast().label().equals(look.part())) {
                from = spans.removeLast().from();
            }
            spans.add(new Span(look.part(), from, look.seconds()));
            from = look.seconds();
        }
        return spans;
    }
}
