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
            var target = new Meter.Label("target", name);
            sent = meters.counter("skein_bridge_sent_total", "Events of outboxes that the target has.", target);
            failures = meters.counter(
                    "skein_bridge_failures_total", "Attempts at the target that are made again later.", target);
            dead = meters.counter("skein_bridge_dead_total", "Events that were given up for the target.", target);
            meters.gauge(
                    "skein_bridge_waiting_events",
                    "Events that wait for the target; on the node that carries.",
                    waiting::get,
                    target);
            meters.gauge(
                    "skein_bridge_lag_seconds",
                    "Age of the oldest event that waits for the target; on the node that carries.",
                    () -> oldestMillis.get() / 1e3,
                    target);
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
