package io.skein.engine.meters;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Something a node counts or measures. Any thread may record, and any may read. */
public sealed interface Meter permits Meter.Counter, Meter.Gauge, Sizes, Timing {
    /** Of the letters, digits and underscores that metrics systems take; with its unit at the end. */
    String name();

    /** One sentence. */
    String help();

    /** What tells it from others of its name; none of most. They are fixed when the meter is made: recording looks nothing up. */
    List<Label> labels();

    /** Such as {@code target = audit}. Each name has few values, known when a node starts: never a workspace, a user, a session. */
    record Label(String name, String value) {}

    /** How often something happened since the node started. */
    final class Counter implements Meter {
        private final String name;
        private final String help;
        private final List<Label> labels;
        private final LongAdder count = new LongAdder();

        Counter(String name, String help, List<Label> labels) {
            this.name = name;
            this.help = help;
            this.labels = labels;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String help() {
            return help;
        }

        @Override
        public List<Label> labels() {
            return labels;
        }

        public void increment() {
            count.increment();
        }

        public void add(long times) {
            count.add(times);
        }

        public long count() {
            return count.sum();
        }
    }

    /**
     * How much of something there is now.
     *
     * @param value asked whenever it is read; cheap, and safe on any thread
     */
    record Gauge(String name, String help, List<Label> labels, DoubleSupplier value) implements Meter {}
}
