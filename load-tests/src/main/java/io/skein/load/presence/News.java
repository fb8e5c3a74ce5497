package io.skein.load.presence;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one message of a server says about who is here. People by number. */
sealed interface News {
    /** Replaces what was known. */
    record Everyone(BitSet people, @Nullable Count count) implements News {}

    /** Changes it. */
    record Change(
            List<Integer> here,
            List<Integer> gone,
            @Nullable Count count) implements News {
        static Change here(int person) {
            return new Change(List.of(person), List.of(), null);
        }

        static Change gone(int person) {
            return new Change(List.of(), List.of(person), null);
        }
    }

    /** How many, not who. */
    record Counted(Count count) implements News {}

    /** Something that whoever hears it has to answer; what it is, its dialect knows. */
    record Question(String what) implements News {}

    /** The server does not want to, and why. */
    record Refusal(String why) implements News {}

    /**
     * The figures that travel with a list or a change.
     *
     * @param n one higher with every change; -1 where there is none
     * @param mode how much is told of who is here; empty in a change: as before
     * @param tickMillis shortest time between two frames; 0 in a change: as before
     */
    record Count(long n, int users, int sessions, String mode, int tickMillis) {}
}
