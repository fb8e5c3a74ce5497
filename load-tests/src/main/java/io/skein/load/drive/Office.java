package io.skein.load.drive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * People at work: those who are not idle drag something (30 updates a second, as an editor sends them for each second frame of a
 * screen) or type (8 a second, a fast typist), pause, and begin again. Run again and again on the event loop. All is decided by the
 * seed and not by what the system does.
 */
final class Office implements Runnable {
    private static final double DRAG_PER_SECOND = 30;
    private static final double TYPE_PER_SECOND = 8;
    private static final double DRAG_SECONDS = 1.5;
    private static final double TYPE_SECONDS = 4;
    private static final double PAUSE_SECONDS = 6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Fleet fleet;
    private final Random dice;
    private final PriorityQueue<Burst> bursts = new PriorityQueue<>(Comparator.comparingLong(burst -> burst.dueNanos));

    /** What one member does, or will do after a pause. */
    private static final class Burst {
        private final Member member;
        private long dueNanos;
        private long stepNanos;
        private int left;

        Burst(Member member) {
            this.member = member;
        }
    }

    Office(Fleet fleet, List<Member> writers, Pace.Office pace) {
        this.fleet = fleet;
        this.dice = new Random(pace.seed());
        var workers = new ArrayList<>(writers);
        Collections.shuffle(workers, dice);
        int idle = (int) Math.round(workers.size() * pace.idleShare());
        long now = System.nanoTime();
        for (Member member : workers.subList(idle, workers.size())) {
            var burst = new Burst(member);
            begin(burst, now);
            bursts.add(burst);
        }
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        while (fleet.isWriting() && !bursts.isEmpty() && bursts.peek().dueNanos <= now) {
            Burst burst = bursts.remove();
            burst.member.due(burst.dueNanos);
            burst.left--;
            if (burst.left > 0) {
                burst.dueNanos += burst.stepNanos;
            } else {
                begin(burst, burst.dueNanos);
            }
            bursts.add(burst);
        }
    }

    /** The next one, after a pause of no certain length. */
    private void begin(Burst burst, long nowNanos) {
        boolean drags = dice.nextBoolean();
        double perSecond = drags ? DRAG_PER_SECOND : TYPE_PER_SECOND;
        double seconds = (drags ? DRAG_SECONDS : TYPE_SECONDS) * (0.5 + dice.nextDouble());
        double pause = -PAUSE_SECONDS * Math.log(1 - dice.nextDouble());
        burst.stepNanos = (long) (NANOS_PER_SECOND / perSecond);
        burst.left = Math.max(1, (int) (seconds * perSecond));
        burst.dueNanos = nowNanos + (long) (NANOS_PER_SECOND * pause);
    }
}
