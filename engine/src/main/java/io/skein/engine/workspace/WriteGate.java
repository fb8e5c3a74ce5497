package io.skein.engine.workspace;

import java.util.ArrayDeque;

/**
 * How many workspaces of a node may have a group at the journal at once. One that has to wait keeps its group open, so that load makes
 * groups larger and not the journal's queue longer: each group costs a row, a publication and a frame for each session, whatever is
 * in it. Without a queue nobody waits. First come, first served.
 *
 * <p>The idea is that of a disk's elevator, and of {@code commit_siblings} in PostgreSQL without its timer. Thread-safe.
 */
public final class WriteGate {
    private final int width;
    /** At most one place for each workspace in memory. */
    private final ArrayDeque<Pass> queue = new ArrayDeque<>();

    private int inside;

    /**
     * @param width groups at the journal at once, at least 1
     */
    public WriteGate(int width) {
        if (width < 1) {
            throw new IllegalArgumentException("a gate nobody may pass: " + width);
        }
        this.width = width;
    }

    private enum Place {
        OUTSIDE,
        WAITING,
        INSIDE
    }

    /** One workspace's way through the gate. */
    final class Pass {
        private final Runnable admitted;
        private Place place = Place.OUTSIDE;

        private Pass(Runnable admitted) {
            this.admitted = admitted;
        }

        /** Whether the workspace may write now. If not it has a place in the queue, and is told when its turn has come. */
        boolean enter() {
            synchronized (WriteGate.this) {
                switch (place) {
                    case INSIDE -> {}
                    case WAITING -> {
                        return false;
                    }
                    case OUTSIDE -> {
                        if (inside == width) {
                            place = Place.WAITING;
                            queue.addLast(this);
                            return false;
                        }
                        place = Place.INSIDE;
                        inside++;
                    }
                }
                return true;
            }
        }

        /** The workspace has written, or will not: whoever waits longest is next. Does nothing outside. */
        void leave() {
            Pass next = null;
            synchronized (WriteGate.this) {
                switch (place) {
                    case OUTSIDE -> {}
                    case WAITING -> queue.remove(this);
                    case INSIDE -> {
                        next = queue.pollFirst();
                        if (next == null) {
                            inside--;
                        } else {
                            next.place = Place.INSIDE;
                        }
                    }
                }
                place = Place.OUTSIDE;
            }
            if (next != null) {
                next.admitted.run();
            }
        }
    }

    /**
     * A way through the gate, outside at first.
     *
     * @param admitted run by some thread when the turn has come after a wait
     */
    Pass pass(Runnable admitted) {
        return new Pass(admitted);
    }
}
