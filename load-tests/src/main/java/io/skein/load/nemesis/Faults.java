package io.skein.load.nemesis;

import java.util.List;
import java.util.stream.Stream;

/** Everything that can be broken. */
final class Faults {
    private Faults() {}

    /** One of each. */
    static List<Fault> all() {
        return Stream.of(ProcessFaults.all(), NetworkFaults.all(), DatabaseFaults.all())
                .flatMap(List::stream)
                .toList();
    }
}
