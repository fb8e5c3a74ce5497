package io.skein.modules.diagrams;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.StrangerLimit;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.util.List;
import java.util.Optional;

/**
 * The shared copy of a diagram; a workspace holds one. Its local copies are elsewhere, in browsers mostly, and differ from it until somebody says
 * {@code push} (local to shared) or reads what is new (shared to local). Both go by {@code seq}: a local copy knows up to which one it has the
 * shared copy, its base, and what has changed on both sides since is a conflict, entity by entity, that only a person can decide.
 *
 * <p>Who may enter says the workspace's access: {@code private} for members, {@code public-write} for anybody, within a {@link StrangerLimit}.
 */
public final class DiagramsModule implements Module {
    /** What an entity is. */
    public enum Kind {
        SHAPE,
        CONNECTOR,
        NOTE
    }

    /**
     * The diagram itself; one row, whose id is {@link #DIAGRAM}.
     *
     * @param removalsFrom up to this {@code seq} it is not known any more what was removed: a local copy with a base before it has to be read anew
     */
    public record Diagram(@Key String id, String title, long removalsFrom) {}

    /**
     * A part of the diagram.
     *
     * @param data what it looks like, in its editor's own words
     * @param version the {@code seq} that wrote it
     */
    public record Entity(@Key String id, Kind kind, Json data, long version) {}

    /**
     * That there was an entity.
     *
     * @param version the {@code seq} that removed it
     */
    public record Removal(@Key String id, long version) {}

    /**
     * What has become of an entity in a local copy since its base.
     *
     * @param kind and {@code data}: as it is now; both empty if it was removed
     * @param version of the shared one that it was made from, where that is later than the base: the caller pushed it since
     */
    public record Change(
            String id,
            Optional<Kind> kind,
            Optional<Json> data,
            @Default("0") long version) {}

    /** An entity that the local copy has as the shared copy had it after {@code version}, though its base is before that. */
    public record Known(String id, long version) {}

    /** Which side a conflict is decided for. */
    public enum Choice {
        /** The shared entity becomes what the local one is, or is removed. */
        LOCAL,
        /** The shared entity stays what it is. */
        SHARED,
        /** The shared entity stays what it is, and the local one is added under a new id. Where one side was removed, the other one stays. */
        BOTH
    }

    /**
     * A choice for one conflict.
     *
     * @param version of the shared entity that the choice was made about, see {@link Conflict}: where it has changed again since, nothing was
     *     chosen; 0 for whatever is there
     */
    public record Pick(
            String id, Choice choice, @Default("0") long version) {}

    /**
     * Brings a local copy's changes into the shared one.
     *
     * @param base up to which {@code seq} the local copy has the shared one; 0 if it never had it
     * @param choice for every conflict that {@code choices} does not name
     * @param known what the caller has of what came after its base
     */
    public record Push(
            long base, List<Change> changes, Optional<Choice> choice, List<Pick> choices, List<Known> known) {}

    /** A local entity that was added under another id. */
    public record Copied(String id, String copy) {}

    /**
     * What a push did.
     *
     * @param base the new base: this transaction, if the local copy has all of the shared one now; else the old one
     * @param updated how many entities were added or written
     * @param removed how many were removed
     * @param kept how many conflicts were decided for the shared side
     * @param missed how many changes of others since the base the caller does not have
     */
    public record Pushed(
            long base, long version, int updated, int removed, int kept, int missed, List<Copied> copies) {}

    /** What one side did to an entity. */
    public enum Fate {
        CHANGED,
        REMOVED
    }

    /**
     * An entity that both sides have changed.
     *
     * @param version of the shared one
     */
    public record Conflict(String id, Fate local, Fate shared, long version) {}

    /**
     * The conflicts that nothing was chosen for.
     *
     * @param conflicts the first {@link #MAX_TOLD} of them
     */
    public record Conflicts(int total, List<Conflict> conflicts) {}

    /** The base is before what is known of removals. */
    public record TooOld(long removalsFrom) {}

    /** What {@code push} is asked with, without choices. */
    public record Ask(long base, List<Change> changes, List<Known> known) {}

    /** How a local copy and the shared one stand to each other. */
    public enum State {
        IN_SYNC,
        PENDING,
        CONFLICTS
    }

    /**
     * How a local copy and the shared one stand to each other.
     *
     * @param localChanges that the shared copy does not have
     * @param sharedChanges that the local copy does not have
     * @param conflicts the first {@link #MAX_TOLD} of {@code conflictCount}, which are counted among the changes of both sides
     */
    public record Status(
            State state,
            boolean diverged,
            long base,
            int localChanges,
            int sharedChanges,
            int conflictCount,
            List<Conflict> conflicts) {}

    /** Names the diagram. */
    public record SetTitle(String title) {}

    public static final String DIAGRAM = "diagram";
    public static final Table<Diagram> DIAGRAMS = Table.of("diagram", Diagram.class);
    public static final Table<Entity> ENTITIES = Table.of("entity", Entity.class);
    public static final Table<Removal> REMOVALS = Table.of("removal", Removal.class);

    static final int MAX_ENTITIES = 5_000;
    static final int MAX_CHANGES = 5_000;
    static final int MAX_DATA_CHARACTERS = 32 << 10;
    static final int MAX_TITLE = 200;

    /** Of removals that are remembered; so many are forgotten at once when there are more. */
    static final int MAX_REMOVALS = 2_000;

    static final int FORGOTTEN_AT_ONCE = 500;

    /** Conflicts in an answer, and copies in one push: an answer is bounded. */
    static final int MAX_TOLD = 100;

    private static final StrangerLimit STRANGERS = new StrangerLimit(5, 20, 50, 200);

    @Override
    public void define(Definition module) {
        module.name("diagrams").version(1).strangersAtMost(STRANGERS);
        module.table(DIAGRAMS);
        module.table(ENTITIES);
        module.table(REMOVALS);
        module.onCreate(tx -> tx.in(DIAGRAMS).insert(new Diagram(DIAGRAM, "", 0)));
        module.reducer("set_title", SetTitle.class, Role.EDITOR, DiagramsModule::setTitle);
        module.reducer("push", Push.class, Pushed.class, Role.EDITOR, Pushing::push);
        module.question(
                "status",
                Ask.class,
                Status.class,
                Role.VIEWER,
                (reading, in) -> Comparison.of(reading, in.base(), in.changes(), in.known())
                        .status());
    }

    private static void setTitle(Tx tx, SetTitle in) {
        tx.require(
                !in.title().isBlank() && in.title().length() <= MAX_TITLE,
                "invalid_title",
                "a title has 1 to " + MAX_TITLE + " characters");
        Diagram diagram = diagram(tx.in(DIAGRAMS).find(DIAGRAM));
        tx.in(DIAGRAMS).upsert(new Diagram(DIAGRAM, in.title(), diagram.removalsFrom()));
    }

    /** The row of the diagram, also where an import brought none. */
    static Diagram diagram(Optional<Diagram> row) {
        return row.orElseGet(() -> new Diagram(DIAGRAM, "", 0));
    }
}
