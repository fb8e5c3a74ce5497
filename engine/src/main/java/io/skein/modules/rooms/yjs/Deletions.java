package io.skein.modules.rooms.yjs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What was deleted: of each client, ranges of clocks.
 *
 * @param ranges of each client in order, none touching the next
 */
record Deletions(NavigableMap<Long, List<Range>> ranges) {
    /** Clocks from the first to before the end. */
    record Range(long clock, long end) {}

    static Deletions read(Lib0Reader in) throws MalformedException {
        var ranges = new TreeMap<Long, List<Range>>(Comparator.reverseOrder());
        for (int clients = in.count(); clients > 0; clients--) {
            List<Range> own = ranges.computeIfAbsent(in.number(), _ -> new ArrayList<>());
            for (int left = in.count(); left > 0; left--) {
                long clock = in.number();
                long length = in.number();
                if (length > Lib0Reader.MAX_NUMBER - clock) {
                    throw new MalformedException("a deletion is of length " + length);
                }
                if (length > 0) {
                    own.add(new Range(clock, clock + length));
                }
            }
        }
        return tidy(ranges);
    }

    /** All that any of them says. */
    static Deletions union(List<Deletions> several) {
        var ranges = new TreeMap<Long, List<Range>>(Comparator.reverseOrder());
        for (Deletions one : several) {
            one.ranges.forEach((client, own) ->
                    ranges.computeIfAbsent(client, _ -> new ArrayList<>()).addAll(own));
        }
        return tidy(ranges);
    }

    private static Deletions tidy(NavigableMap<Long, List<Range>> ranges) {
        ranges.values().removeIf(List::isEmpty);
        ranges.replaceAll((_, own) -> tidy(own));
        return new Deletions(ranges);
    }

    private static List<Range> tidy(List<Range> untidy) {
        untidy.sort(Comparator.comparingLong(Range::clock));
        var tidy = new ArrayList<Range>();
        for (Range next : untidy) {
            if (!tidy.isEmpty() && next.clock() <= tidy.getLast().end()) {
                Range last = tidy.removeLast();
                tidy.add(new Range(last.clock(), Math.max(last.end(), next.end())));
            } else {
                tidy.add(next);
            }
        }
        return tidy;
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether another one says all of this. */
    boolean isWithin(Deletions other) {
        for (Map.Entry<Long, List<Range>> own : ranges.entrySet()) {
            List<Range> theirs = other.ranges.getOrDefault(own.getKey(), List.of());
            int at = 0;
            for (Range range : own.getValue()) {
                while (at < theirs.size() && theirs.get(at).end() < range.end()) {
                    at++;
                }
                if (at == theirs.size() || theirs.get(at).clock() > range.clock()) {
                    return false;
                }
            }
        }
        return true;
    }

    void write(Lib0Writer out) {
        out.number(ranges.size());
        ranges.forEach((client, own) -> {
            out.number(client).number(own.size());
            own.forEach(range -> out.number(range.clock()).number(range.end() - range.clock()));
        });
    }
}
