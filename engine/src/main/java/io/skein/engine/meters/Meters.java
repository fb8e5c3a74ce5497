package io.skein.engine.meters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/** All meters of a node. They are made while it starts, so what is recorded later finds them without looking for a name. */
public final class Meters {
    private final List<Meter> all = new CopyOnWriteArrayList<>();

    public Meter.Counter counter(String name, String help) {
        return added(new Meter.Counter(name, help));
    }

    public Meter.Gauge gauge(String name, String help, DoubleSupplier value) {
        return added(new Meter.Gauge(name, help, value));
    }

    public Timing timing(String name, String help) {
        return added(new Timing(name, help));
    }

    private synchronized <M extends Meter> M added(M meter) {
        if (all.stream().anyMatch(other -> other.name().equals(meter.name()))) {
            throw new IllegalArgumentException("there is a meter " + meter.name() + " already");
        }
        all.add(meter);
        return meter;
    }

    /** Every meter, in the order in which they were made. */
    public List<Meter> all() {
        return new ArrayList<>(all);
    }
}
