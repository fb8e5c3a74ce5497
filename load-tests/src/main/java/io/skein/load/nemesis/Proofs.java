package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What the histories of a run's rooms were found to be.
 *
 * @param rooms each with what came of its check
 * @param complaints what is wrong beside the rules: a room that did not come back, a client that did not get to the end
 */
record Proofs(Map<Room, HistoryCheck.Result> rooms, List<String> complaints) {
    /** Broken rules and complaints. */
    long violations() {
        return complaints.size() + sum(result -> result.findings().total());
    }

    /** Of all rooms. */
    long sum(ToLongFunction<HistoryCheck.Result> what) {
        return rooms.values().stream().mapToLong(what).sum();
    }

    /** Each complaint, and the first cases of each broken rule. */
    List<String> findings() {
        var findings = new ArrayList<String>();
        rooms.forEach((room, result) -> result.findings()
                .examples()
                .forEach(example -> findings.add(room.workspace() + " BROKEN: " + example)));
        complaints.forEach(complaint -> findings.add("COMPLAINT: " + complaint));
        return findings;
    }

    /** Each room in a line. */
    List<String> notes() {
        return rooms.entrySet().stream()
                .map(room -> "%s: seq %,d, %,d sessions, %s"
                        .formatted(
                                room.getKey().workspace(),
                                room.getValue().seq(),
                                room.getValue().sessions(),
                                room.getValue().holds()
                                        ? "holds"
                                        : "BROKEN: "
                                                + room.getValue().findings().counts()))
                .toList();
    }
}
