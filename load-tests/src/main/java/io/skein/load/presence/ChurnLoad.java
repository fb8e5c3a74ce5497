package io.skein.load.presence;

/**
 * What every system of a comparison is asked to do.
 *
 * @param sessions in the room, each of a person of its own
 * @param pairsPerSecond one who comes and one who goes
 * @param mostOpen pairs that not everyone has been told of; further ones wait then
 * @param warmUpSeconds under the same load, not measured
 * @param seed of the dice that choose who goes
 */
record ChurnLoad(int sessions, double pairsPerSecond, int mostOpen, int warmUpSeconds, int seconds, long seed) {
    /** People for a machine that stalls. */
    private static final int SPARE_SECONDS = 15;

    ChurnLoad {
        if (sessions < 2 || pairsPerSecond <= 0 || mostOpen < 1 || seconds < 1) {
            throw new IllegalArgumentException("a room needs two people, and somebody who comes and goes");
        }
    }

    /** Enough for who is there at first, who comes, and some who come while it ends. */
    int people() {
        return sessions + (int) Math.ceil(pairsPerSecond * (warmUpSeconds + seconds + SPARE_SECONDS)) + mostOpen;
    }

    String describe() {
        return "One room, %,d people; %.1f times a second one comes and one goes, at most %d such pairs at a time; %d s after %d s of warm-up; seed %d"
                .formatted(sessions, pairsPerSecond, mostOpen, seconds, warmUpSeconds, seed);
    }
}
