package io.skein.persistence.bridge;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What this node has carried. One node of the cluster carries; the others count nothing. */
public final class BridgeCounters {
    /** Of one target. */
    public static final class OfTarget {
        private final Meter.Counter sent;
        private final Meter.Counter failures;
        private final Meter.Counter dead;
        private final AtomicLong waiting = new AtomicLong();
        private final AtomicLong oldestMillis = new AtomicLong();

        private OfTarget(Meters meters, String name) {
            String prefix = "skein_bridge_" + name;
            sent = meters.counter(prefix + "_sent_total", "Events that target " + name + " has.");
            failures = meters.counter(
                    prefix + "_failures_total", "Attempts at target " + name + " that are made again later.");
            dead = meters.counter(prefix + "_dead_total", "Events that were given up for target " + name + ".");
            meters.gauge(prefix + "_waiting", "Events that wait for target " + name + ".", waiting::get);
            meters.gauge(
                    prefix + "_lag_seconds",
                    "Age of the oldest event that waits for target " + name + ".",
                    () -> oldestMillis.get() / 1e3);
        }

        public long sent() {
            return sent.count();
        }

        public long failures() {
            return failures.count();
        }

        public long dead() {
            return dead.count();
        }

        /** A few seconds ago. */
        public long waiting() {
            return waiting.get();
        }

        void countSent() {
            sent.increment();
        }

        void countFailure() {
            failures.increment();
        }

        void countDead(int events) {
            dead.add(events);
        }

        void backlog(long events, long ageMillis) {
            waiting.set(events);
            oldestMillis.set(ageMillis);
        }
    }

    private final Map<String, OfTarget> targets = new LinkedHashMap<>();

    BridgeCounters(Meters meters, List<BridgeSettings.Target> configured) {
        for (BridgeSettings.Target target : configured) {
            targets.put(target.name(), new OfTarget(meters, target.name()));
        }
    }

    /** Of a target that the settings have. */
    public OfTarget of(String target) {
        return Objects.requireNonNull(targets.get(target), () -> "no target " + target);
    }
}
