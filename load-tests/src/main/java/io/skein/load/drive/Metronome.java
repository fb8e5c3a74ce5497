package io.skein.load.drive;

import java.util.List;

/** Makes updates due at a fixed rate, member after member; run again and again on the event loop. */
final class Metronome implements Runnable {
    private final Fleet fleet;
    private final List<Member> members;
    private final double perNano;
    private final long start = System.nanoTime();
    private long count;

    Metronome(Fleet fleet, List<Member> members, double updatesPerSecond) {
        this.fleet = fleet;
        this.members = members;
        this.perNano = updatesPerSecond / 1e9;
    }

    @Override
    public void run() {
        long due = (long) ((System.nanoTime() - start) * perNano);
        while (fleet.isWriting() && count < due) {
            members.get((int) (count % members.size())).due(start + (long) (count / perNano));
            count++;
        }
    }
}
