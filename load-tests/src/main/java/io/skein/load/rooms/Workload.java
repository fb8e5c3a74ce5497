package io.skein.load.rooms;

import io.skein.load.drive.Pace;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What every system is asked to do.
 *
 * @param writers of each room; its other members listen
 * @param paces one after the other
 * @param textBytes length of the text in an update
 * @param warmUpSeconds before each measured window
 * @param seconds of a measured window
 */
record Workload(int rooms, int members, int writers, List<Pace> paces, int textBytes, int warmUpSeconds, int seconds) {
    /** In a sentence, without its full stop. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%,d %s × %,d members, of whom %s, updates of %d bytes of text; %s; %d s each after %d s of warm-up",
                rooms,
                rooms == 1 ? "room" : "rooms",
                members,
                writers == members ? "all write" : writers == 1 ? "one writes" : "%,d write".formatted(writers),
                textBytes,
                paces.stream().map(Pace::label).collect(Collectors.joining(", then ")),
                seconds,
                warmUpSeconds);
    }
}
