package io.skein.edge.command.flow;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How often each {@link Oddity} was met, and where first. Not thread-safe: the thread that reads the file counts. */
public final class Oddities {
    private static final int MAX_SHOWN = 60;

    /**
     * @param count how often
     * @param example where first, for a person: {@code line 3: Send mail}
     */
    public record Met(long count, String example) {}

    private final Map<Oddity, Met> met = new EnumMap<>(Oddity.class);
    private String place = "";

    /** Says what the following is about: {@code line 3}, or a file. */
    public void at(String newPlace) {
        place = newPlace;
    }

    void add(Oddity oddity, String what) {
        Met before = met.get(oddity);
        met.put(oddity, before == null ? new Met(1, example(what)) : new Met(before.count() + 1, before.example()));
    }

    private String example(String what) {
        String oneLine = what.replaceAll("\\p{Cntrl}+", " ");
        String shown = oneLine.codePointCount(0, oneLine.length()) > MAX_SHOWN
                ? oneLine.substring(0, oneLine.offsetByCodePoints(0, MAX_SHOWN)) + "…"
                : oneLine;
        return place + (shown.isEmpty() ? "" : ": " + shown);
    }

    /** What was met, in the order of {@link Oddity}. */
    public Map<Oddity, Met> met() {
        return new EnumMap<>(met);
    }

    /** How often this one was met. */
    public long count(Oddity oddity) {
        Met found = met.get(oddity);
        return found == null ? 0 : found.count();
    }

    /** What was met, a line each. */
    public String report() {
        var text = new StringBuilder();
        met.forEach((oddity, found) -> text.append(String.format(
                Locale.ROOT, "  odd        %,d %s (first: %s)%n", found.count(), oddity.words(), found.example())));
        return text.toString();
    }
}
