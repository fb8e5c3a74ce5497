package io.skein.edge.command.studio;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What an import leaves out: each is said at once with its reason, and counted. Thread-safe. */
final class Skips {
    /** Why something is left out. */
    enum Why {
        UNREADABLE("hold no workflow"),
        ID_TWICE("have the id of an earlier one"),
        DELETED("are deleted"),
        REFUSED("were refused by the server");

        private final String words;

        Why(String words) {
            this.words = words;
        }
    }

    private volatile Consumer<String> say;
    private final Map<Why, Integer> counts = new EnumMap<>(Why.class);

    /** @param say hears a line for each */
    Skips(Consumer<String> say) {
        this.say = say;
    }

    /** From now on, somebody else hears of each. */
    void tell(Consumer<String> newSay) {
        say = newSay;
    }

    /** @param place a file, or a line of one */
    void add(Why why, String place, String reason) {
        synchronized (counts) {
            counts.merge(why, 1, Integer::sum);
        }
        say.accept("skipped " + place + ": " + reason);
    }

    int count() {
        synchronized (counts) {
            return counts.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** Whether something is missing that was wanted. */
    boolean anyLost() {
        synchronized (counts) {
            return count() > counts.getOrDefault(Why.DELETED, 0);
        }
    }

    /** {@code 3 skipped (1 hold no workflow, 2 were refused by the server)}. */
    String summary() {
        synchronized (counts) {
            String reasons = counts.entrySet().stream()
                    .map(entry -> entry.getValue() + " " + entry.getKey().words)
                    .collect(Collectors.joining(", "));
            return String.format(Locale.ROOT, "%,d skipped%s", count(), reasons.isEmpty() ? "" : " (" + reasons + ")");
        }
    }
}
