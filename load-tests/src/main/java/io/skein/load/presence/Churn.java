package io.skein.load.presence;

import java.util.BitSet;
import java.util.Random;

/** Lets one come and another go at a fixed rate, whatever the server does, chosen by the dice of a seed. Run again and again on the event loop. */
final class Churn implements Runnable {
    /** How often the dice are thrown for somebody who may leave. */
    private static final int THROWS = 8;

    private final Crowd crowd;
    private final double perNano;
    private final int mostOpen;
    private final boolean tracked;
    private final Random dice;
    private final long start = System.nanoTime();
    private long begun;
    private boolean running = true;

    /**
     * Starts with the next run.
     *
     * @param pairsPerSecond each one who comes and one who goes
     * @param mostOpen pairs that are due wait while this many are not done; not tracked: while this many people are on their way in
     * @param tracked whether it is known of each pair when everyone has been told; cannot be where not everyone is told of everyone
     */
    Churn(Crowd crowd, double pairsPerSecond, int mostOpen, boolean tracked, long seed) {
        this.crowd = crowd;
        this.perNano = pairsPerSecond / 1e9;
        this.mostOpen = mostOpen;
        this.tracked = tracked;
        this.dice = new Random(seed);
    }

    void stop() {
        running = false;
    }

    /** Pairs that are due and wait because the server is behind. */
    long heldBack() {
        return due() - begun;
    }

    private long due() {
        return (long) ((System.nanoTime() - start) * perNano);
    }

    @Override
    public void run() {
        while (running && begun < due() && open() < mostOpen && beginOne()) {
            begun++;
        }
    }

    private int open() {
        return tracked ? crowd.tidings().openPairs() : crowd.connecting();
    }

    /** The first guest stays; whoever not all have heard of yet is not sent away either. */
    private boolean beginOne() {
        for (int i = 0; i < THROWS && crowd.size() > 1; i++) {
            Guest leaver = crowd.at(1 + dice.nextInt(crowd.size() - 1));
            if (crowd.tidings().isSettled(leaver.person().number())) {
                int joiner = crowd.newcomer();
                crowd.leave(leaver);
                if (tracked) {
                    track(joiner, leaver.person().number());
                }
                crowd.come(joiner);
                return true;
            }
        }
        return false;
    }

    private void track(int joiner, int leaver) {
        long dueNanos = start + (long) ((begun + 1) / perNano);
        BitSet listeners = crowd.ordinals(guest -> true);
        BitSet knowing = crowd.ordinals(guest -> guest.picture().has(leaver));
        crowd.tidings().begin(joiner, leaver, dueNanos, listeners, knowing);
    }
}
