package io.skein.modules.diagrams;

import static io.skein.modules.diagrams.DiagramsModule.DIAGRAM;
import static io.skein.modules.diagrams.DiagramsModule.DIAGRAMS;
import static io.skein.modules.diagrams.DiagramsModule.ENTITIES;
import static io.skein.modules.diagrams.DiagramsModule.MAX_CHANGES;
import static io.skein.modules.diagrams.DiagramsModule.MAX_DATA_CHARACTERS;
import static io.skein.modules.diagrams.DiagramsModule.MAX_TOLD;
import static io.skein.modules.diagrams.DiagramsModule.REMOVALS;

import io.skein.engine.module.Reading;
import io.skein.modules.diagrams.DiagramsModule.Change;
import io.skein.modules.diagrams.DiagramsModule.Conflict;
import io.skein.modules.diagrams.DiagramsModule.Entity;
import io.skein.modules.diagrams.DiagramsModule.Fate;
import io.skein.modules.diagrams.DiagramsModule.Known;
import io.skein.modules.diagrams.DiagramsModule.Removal;
import io.skein.modules.diagrams.DiagramsModule.State;
import io.skein.modules.diagrams.DiagramsModule.Status;
import io.skein.modules.diagrams.DiagramsModule.TooOld;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A local copy's changes against the shared copy as it is.
 *
 * @param base up to which {@code seq} the local copy has the shared one
 * @param standings one for each local change, in their order
 * @param unseen ids of what has changed in the shared copy without the local copy having it
 */
record Comparison(long base, List<Standing> standings, Set<String> unseen) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_:.-]{1,64}");

    /** How one local change stands to the shared copy. */
    enum Kind {
        /** Only the local side has changed. */
        NEW,
        /** Both sides are alike already. */
        ALIKE,
        /** Both sides have changed. */
        CONFLICT
    }

    /**
     * A local change and what it meets.
     *
     * @param version that wrote or removed the shared entity; 0 if there never was one, or it is not remembered
     */
    record Standing(Change change, Optional<Entity> shared, long version, Kind kind) {
        boolean isRemoval() {
            return change.data().isEmpty();
        }

        Conflict conflict() {
            return new Conflict(
                    change.id(),
                    isRemoval() ? Fate.REMOVED : Fate.CHANGED,
                    shared.isEmpty() ? Fate.REMOVED : Fate.CHANGED,
                    version);
        }
    }

    /** Compares; rejects what no local copy of this diagram can say. */
    static Comparison of(Reading reading, long base, List<Change> changes, List<Known> known) {
        requireBase(reading, base);
        reading.require(
                changes.size() <= MAX_CHANGES && known.size() <= MAX_CHANGES,
                "too_many_changes",
                "at most " + MAX_CHANGES + " changes at once");
        var ids = new HashSet<String>();
        List<Standing> standings = changes.stream()
                .map(change -> {
                    requireGood(reading, change);
                    reading.require(ids.add(change.id()), "same_id_twice", "two changes of " + change.id());
                    return standing(reading, base, change);
                })
                .toList();
        return new Comparison(base, standings, unseen(reading, base, known));
    }

    private static void requireBase(Reading reading, long base) {
        reading.require(base >= 0 && base <= reading.head(), "invalid_base", "no local copy can have seq " + base);
        long removalsFrom =
                DiagramsModule.diagram(reading.in(DIAGRAMS).find(DIAGRAM)).removalsFrom();
        if (base > 0 && base < removalsFrom) {
            throw reading.reject(
                    "base_too_old",
                    "what was removed after %d is not known any more: read the whole diagram".formatted(base),
                    new TooOld(removalsFrom));
        }
    }

    private static void requireGood(Reading reading, Change change) {
        reading.require(
                ID.matcher(change.id()).matches(),
                "invalid_id",
                "an id has 1 to 64 of the characters A-Z a-z 0-9 _ : . -");
        reading.require(
                change.kind().isPresent() == change.data().isPresent(),
                "invalid_change",
                change.id() + ": kind and data, or neither for what was removed");
        reading.require(
                change.data().map(data -> data.text().length()).orElse(0) <= MAX_DATA_CHARACTERS,
                "entity_too_large",
                "%s: an entity has at most %d characters of JSON".formatted(change.id(), MAX_DATA_CHARACTERS));
    }

    private static Standing standing(Reading reading, long base, Change change) {
        Optional<Entity> shared = reading.in(ENTITIES).find(change.id());
        long version = shared.map(Entity::version)
                .or(() -> reading.in(REMOVALS).find(change.id()).map(Removal::version))
                .orElse(0L);
        boolean alike = shared.map(Entity::kind).equals(change.kind())
                && shared.map(Entity::data).equals(change.data());
        Kind kind = alike ? Kind.ALIKE : version > Math.max(base, change.version()) ? Kind.CONFLICT : Kind.NEW;
        return new Standing(change, shared, version, kind);
    }

    private static Set<String> unseen(Reading reading, long base, List<Known> known) {
        Map<String, Long> versions = new HashMap<>();
        known.forEach(entity -> versions.put(entity.id(), entity.version()));
        var unseen = new HashSet<String>();
        reading.in(ENTITIES).all().stream()
                .filter(entity -> entity.version() > Math.max(base, versions.getOrDefault(entity.id(), 0L)))
                .forEach(entity -> unseen.add(entity.id()));
        if (base > 0) {
            reading.in(REMOVALS).all().stream()
                    .filter(gone -> gone.version() > Math.max(base, versions.getOrDefault(gone.id(), 0L)))
                    .forEach(gone -> unseen.add(gone.id()));
        }
        return unseen;
    }

    /** Both sides have changed these, and not alike. */
    List<Standing> conflicts() {
        return standings.stream()
                .filter(standing -> standing.kind() == Kind.CONFLICT)
                .toList();
    }

    static List<Conflict> told(List<Standing> conflicts) {
        return conflicts.stream().limit(MAX_TOLD).map(Standing::conflict).toList();
    }

    Status status() {
        List<Standing> conflicts = conflicts();
        int local = Math.toIntExact(standings.stream()
                .filter(standing -> standing.kind() != Kind.ALIKE)
                .count());
        boolean differs = local > 0 || !unseen.isEmpty();
        State state = !conflicts.isEmpty() ? State.CONFLICTS : differs ? State.PENDING : State.IN_SYNC;
        return new Status(
                state, local > 0 && !unseen.isEmpty(), base, local, unseen.size(), conflicts.size(), told(conflicts));
    }
}
