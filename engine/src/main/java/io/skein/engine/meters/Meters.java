package io.skein.engine.meters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/**
 * All meters of a node. They are made while it starts, so what is recorded later finds them without looking for a name. Meters of one name differ
 * in the values of their labels and in nothing else.
 */
public final class Meters {
    private final List<Meter> all = new CopyOnWriteArrayList<>();

    public Meter.Counter counter(String name, String help, Meter.Label... labels) {
        return added(new Meter.Counter(name, help, List.of(labels)));
    }

    /** @param value asked whenever it is read; cheap, and safe on any thread */
    public Meter.Gauge gauge(String name, String help, DoubleSupplier value, Meter.Label... labels) {
        return added(new Meter.Gauge(name, help, List.of(labels), value));
    }

    public Timing timing(String name, String help, Meter.Label... labels) {
        return added(new Timing(name, help, List.of(labels)));
    }

    public Sizes sizes(String name, String help, Meter.Label... labels) {
        return added(new Sizes(name, help, List.of(labels)));
    }

    private synchronized <M extends Meter> M added(M meter) {
        for (Meter other : all) {
            if (other.name().equals(meter.name())) {
                requireSibling(other, meter);
            }
        }
        all.add(meter);
        return meter;
    }

    private static void requireSibling(Meter other, Meter meter) {
        if (other.labels().equals(meter.labels())) {
            throw new IllegalArgumentException("there is a meter " + meter.name() + " already");
        }
        boolean alike = other.getClass() == meter.getClass()
                && other.help().equals(meter.help())
                && names(other).equals(names(meter));
        if (!alike) {
            throw new IllegalArgumentException("meters called " + meter.name() + " differ in more than their labels");
        }
    }

    private static List<String> names(Meter meter) {
        return meter.labels().stream().map(Meter.Label::name).toList();
    }

    /** Every meter, in the order in which they were made. */
    public List<Meter> all() {
        return new ArrayList<>(all);
    }
}
