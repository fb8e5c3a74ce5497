package io.skein.load.nemesis;

import io.skein.load.report.Course;
import io.skein.load.report.Course.Chart;
import io.skein.load.report.Course.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Counts, second by second and from a thread of its own, what a cluster accepts while it is worked and broken. */
final class Pulse implements AutoCloseable {
    private static final String ACCEPTED = "accepted calls/s";

    /** Hears of every second. */
    interface Listener {
        /**
         * @param second of this part, from 1
         * @param accepted calls in it
         */
        void second(String part, int second, long accepted);
    }

    private final Crew crew;
    private final Listener listener;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<Look> looks = new ArrayList<>();
    private String part = "at first";
    private int second;
    private long before;
    private long lastMicros;

    private Pulse(Crew crew, Listener listener) throws InterruptedException {
        this.crew = crew;
        this.listener = listener;
        this.before = crew.acceptedCalls();
        this.lastMicros = crew.now();
    }

    /** Begins with the first part, in which nothing is broken. Its end has to come before that of the crew. */
    static Pulse begin(Crew crew, Listener listener) throws InterruptedException {
        var pulse = new Pulse(crew, listener);
        var _ = pulse.thread.scheduleAtFixedRate(pulse::look, 1, 1, TimeUnit.SECONDS);
        return pulse;
    }

    /** What goes on from now on. */
    synchronized void part(String what) {
        part = what;
        second = 0;
    }

    private synchronized void look() {
        try {
            long now = crew.now();
            long accepted = crew.acceptedCalls();
            double seconds = (now - lastMicros) / 1e6;
            double perSecond = (accepted - before) / seconds;
            looks.add(new Look(now / 1e6, part, Map.of(ACCEPTED, perSecond)));
            listener.second(part, ++second, Math.round(perSecond));
            before = accepted;
            lastMicros = now;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was seen so far, with other pictures over the same time. */
    synchronized Course course(List<Chart> more) {
        var charts = new ArrayList<>(List.of(Chart.of("Calls accepted in each second", looks, ACCEPTED)));
        charts.addAll(more);
        return new Course("The whole run", List.of(), Course.spans(looks), charts);
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            var _ = thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
