package io.skein.modules.diagrams;

import static io.skein.modules.diagrams.DiagramsModule.DIAGRAM;
import static io.skein.modules.diagrams.DiagramsModule.DIAGRAMS;
import static io.skein.modules.diagrams.DiagramsModule.ENTITIES;
import static io.skein.modules.diagrams.DiagramsModule.FORGOTTEN_AT_ONCE;
import static io.skein.modules.diagrams.DiagramsModule.MAX_ENTITIES;
import static io.skein.modules.diagrams.DiagramsModule.MAX_REMOVALS;
import static io.skein.modules.diagrams.DiagramsModule.MAX_TOLD;
import static io.skein.modules.diagrams.DiagramsModule.REMOVALS;

import io.skein.engine.module.Tx;
import io.skein.modules.diagrams.Comparison.Standing;
import io.skein.modules.diagrams.DiagramsModule.Change;
import io.skein.modules.diagrams.DiagramsModule.Choice;
import io.skein.modules.diagrams.DiagramsModule.Conflicts;
import io.skein.modules.diagrams.DiagramsModule.Copied;
import io.skein.modules.diagrams.DiagramsModule.Diagram;
import io.skein.modules.diagrams.DiagramsModule.Entity;
import io.skein.modules.diagrams.DiagramsModule.Pick;
import io.skein.modules.diagrams.DiagramsModule.Push;
import io.skein.modules.diagrams.DiagramsModule.Pushed;
import io.skein.modules.diagrams.DiagramsModule.Removal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** One push: all of it, or nothing. */
final class Pushing {
    private final Tx tx;
    private final Set<String> unseen;
    private final List<Copied> copies = new ArrayList<>();
    private int updated;
    private int removed;
    private int kept;

    private Pushing(Tx tx, Set<String> unseen) {
        this.tx = tx;
        this.unseen = unseen;
    }

    static void push(Tx tx, Push in) {
        var comparison = Comparison.of(tx, in.base(), in.changes(), in.known());
        Map<String, Choice> choices = choices(tx, in, comparison.conflicts());
        var pushing = new Pushing(tx, new HashSet<>(comparison.unseen()));
        comparison.standings().forEach(standing -> pushing.apply(standing, choices));
        tx.require(
                tx.in(ENTITIES).size() <= MAX_ENTITIES,
                "too_many_entities",
                "a diagram has at most " + MAX_ENTITIES + " entities");
        pushing.forgetOldRemovals();
        tx.answer(pushing.pushed(in.base()));
    }

    /** What was chosen for each conflict; rejects if there is one that nothing was chosen for. */
    private static Map<String, Choice> choices(Tx tx, Push in, List<Standing> conflicts) {
        Map<String, Pick> picks = new HashMap<>();
        in.choices().forEach(pick -> picks.put(pick.id(), pick));
        Map<String, Choice> choices = new HashMap<>();
        var open = new ArrayList<Standing>();
        for (Standing conflict : conflicts) {
            String id = conflict.change().id();
            Pick pick = picks.get(id);
            if (pick != null && (pick.version() == 0 || pick.version() == conflict.version())) {
                choices.put(id, pick.choice());
            } else if (pick == null && in.choice().isPresent()) {
                choices.put(id, in.choice().get());
            } else {
                open.add(conflict);
            }
        }
        if (!open.isEmpty()) {
            throw tx.reject(
                    "conflicts",
                    "both sides have changed %d entities, and nothing was chosen for them".formatted(open.size()),
                    new Conflicts(open.size(), Comparison.told(open)));
        }
        return choices;
    }

    private void apply(Standing standing, Map<String, Choice> choices) {
        switch (standing.kind()) {
            case ALIKE -> unseen.remove(standing.change().id());
            case NEW -> write(standing);
            case CONFLICT -> {
                switch (Objects.requireNonNull(choices.get(standing.change().id()), "a choice for every conflict")) {
                    case LOCAL -> write(standing);
                    case SHARED -> kept++;
                    case BOTH -> both(standing);
                }
            }
        }
    }

    /** What one side removed comes to what the other side has: there are no two to keep. */
    private void both(Standing standing) {
        if (standing.isRemoval()) {
            kept++;
        } else if (standing.shared().isEmpty()) {
            write(standing);
        } else {
            tx.require(copies.size() < MAX_TOLD, "too_many_copies", "a push adds at most " + MAX_TOLD + " copies");
            String copy = "copy-" + HexFormat.of().toHexDigits(tx.random().nextLong());
            put(copy, standing.change());
            copies.add(new Copied(standing.change().id(), copy));
        }
    }

    private void write(Standing standing) {
        Change change = standing.change();
        unseen.remove(change.id());
        if (!standing.isRemoval()) {
            put(change.id(), change);
        } else if (tx.in(ENTITIES).delete(change.id())) {
            tx.in(REMOVALS).upsert(new Removal(change.id(), tx.seq()));
            removed++;
        }
    }

    private void put(String id, Change change) {
        tx.in(ENTITIES)
                .upsert(new Entity(
                        id, change.kind().orElseThrow(), change.data().orElseThrow(), tx.seq()));
        tx.in(REMOVALS).delete(id);
        updated++;
    }

    /** Many at once, so that it is seldom: all of them have to be looked at. */
    private void forgetOldRemovals() {
        long size = tx.in(REMOVALS).size();
        if (size <= MAX_REMOVALS) {
            return;
        }
        List<Removal> oldest = tx.in(REMOVALS).all().stream()
                .sorted(Comparator.comparingLong(Removal::version).thenComparing(Removal::id))
                .limit(size - MAX_REMOVALS + FORGOTTEN_AT_ONCE)
                .toList();
        oldest.forEach(removal -> tx.in(REMOVALS).delete(removal.id()));
        Optional<Diagram> row = tx.in(DIAGRAMS).find(DIAGRAM);
        tx.in(DIAGRAMS)
                .upsert(new Diagram(
                        DIAGRAM,
                        DiagramsModule.diagram(row).title(),
                        oldest.getLast().version()));
    }

    private Pushed pushed(long base) {
        return new Pushed(
                unseen.isEmpty() ? tx.seq() : base,
                tx.seq(),
                updated,
                removed,
                kept,
                unseen.size(),
                List.copyOf(copies));
    }
}
