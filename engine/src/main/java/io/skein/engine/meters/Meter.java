package io.skein.engine.meters;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Something a node counts or measures. Any thread may record, and any may read. */
public sealed interface Meter permits Meter.Counter, Meter.Gauge, Timing {
    /** Of the letters, digits and underscores that metrics systems take; with its unit at the end. */
    String name();

    /** One sentence. */
    String help();

    /** How often something happened since the node started. */
    final class Counter implements Meter {
        private final String name;
        private final String help;
        private final LongAdder count = new LongAdder();

        Counter(String name, String help) {
            this.name = name;
            this.help = help;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String help() {
            return help;
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
    record Gauge(String name, String help, DoubleSupplier value) implements Meter {}
}
