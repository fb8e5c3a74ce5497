package io.skein.engine.everything;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableWriter;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.schema.Unsigned;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One of each: every column type, every kind of table, key, index and visibility rule, events, hooks, schedules. Its one big reducer
 * does a list of steps, so that a property test can put any of them together in one transaction.
 */
public final class EverythingModule implements Module {
    public enum Color {
        RED,
        GREEN,
        BLUE
    }

    public record Point(int x, double y, Optional<Instant> seen) {}

    /** Every column type. Visible to its owner, and to all if it is not secret. */
    public record Thing(
            @Key String id,
            boolean secret,
            int number,
            long big,
            double real,
            String text,
            Bytes bytes,
            Instant at,
            Identity owner,
            Color color,
            Json json,
            Optional<String> label,
            List<Integer> numbers,
            List<Point> points,
            Point point,
            Optional<List<Color>> colors) {}

    /** A composite key. For editors. */
    public record Cell(@Key int x, @Key String y, String value) {}

    /** A multiset with an index. */
    public record Tally(String word, int weight) {}

    /** Visible to the crew that it hangs from; the rule says which notes a change of a crew concerns. */
    public record Note(@Key int id, String crew, String text) {}

    public record Crew(@Key String name, @Key Identity member) {}

    /** A multiset, visible unless its word is muted; the rule does not say which whispers a muted word concerns. */
    public record Whisper(String word, int pitch) {}

    public record Muted(@Key String word) {}

    /** An event for one person. */
    public record Ping(Identity to, int number) {}

    /** For admins. */
    public record Audit(@Key long id, String what) {}

    /** The unsigned column types, in every place that they may be in. */
    public record Meter(
            @Key @Unsigned int id,
            @Unsigned long total,
            @Unsigned Optional<Integer> peak,
            @Unsigned List<Long> counts) {}

    public static final Table<Thing> THINGS = Table.of("thing", Thing.class);
    public static final Table<Cell> CELLS = Table.of("cell", Cell.class);
    public static final Table<Tally> TALLIES = Table.of("tally", Tally.class);
    public static final Table<Note> NOTES = Table.of("note", Note.class);
    public static final Table<Crew> CREWS = Table.of("crew", Crew.class);
    public static final Table<Whisper> WHISPERS = Table.of("whisper", Whisper.class);
    public static final Table<Muted> MUTED = Table.of("muted", Muted.class);
    public static final Table<Ping> PINGS = Table.event("ping", Ping.class);
    public static final Table<Audit> AUDITS = Table.of("audit", Audit.class);

    public static final Table<Meter> METERS = Table.of("meter", Meter.class);

    public static final Index<Thing, Integer> BY_NUMBER = THINGS.index("number", Integer.class);
    public static final Index<Thing, Color> BY_COLOR = THINGS.index("color", Color.class);

    @SuppressWarnings("rawtypes")
    public static final Index<Thing, Optional> BY_LABEL = THINGS.index("label", Optional.class);

    public static final Index<Tally, String> BY_WORD = TALLIES.index("word", String.class);
    public static final Index<Tally, List<Object>> BY_WORD_AND_WEIGHT = TALLIES.index(List.of("word", "weight"));
    public static final Index<Whisper, Integer> BY_PITCH = WHISPERS.index("pitch", Integer.class);
    public static final Index<Note, String> BY_CREW = NOTES.index("crew", String.class);

    public static final Index<Meter, Long> BY_TOTAL = METERS.index("total", Long.class);

    /** What one step of a batch does; see {@link #step}. */
    public enum Kind {
        INSERT_THING,
        UPDATE_THING,
        UPSERT_THING,
        DELETE_THING,
        UPSERT_CELL,
        DELETE_CELL,
        ADD_TALLY,
        REMOVE_TALLY,
        UPSERT_NOTE,
        DELETE_NOTE,
        TOGGLE_CREW,
        ADD_WHISPER,
        REMOVE_WHISPER,
        TOGGLE_MUTED,
        EMIT_PING,
        UPSERT_AUDIT,
        UPSERT_METER,
        DELETE_METER,
        SCHEDULE,
        REJECT
    }

    /**
     * @param a which row, a small number
     * @param b what the row holds, any number
     */
    public record Step(Kind kind, int a, int b, Identity who) {}

    public record Batch(List<Step> steps) {}

    public record Later(int number, @Default("0") int times) {}

    private final Consumer<Tx> look;
    private final boolean hasMeters;

    public EverythingModule() {
        this(_ -> {});
    }

    /** @param look looks at the transaction after each step of the reducer {@code batch} */
    public EverythingModule(Consumer<Tx> look) {
        this(look, true);
    }

    private EverythingModule(Consumer<Tx> look, boolean hasMeters) {
        this.look = look;
        this.hasMeters = hasMeters;
    }

    /** With the tables that released golden files hold. */
    static EverythingModule asReleased() {
        return new EverythingModule(_ -> {}, false);
    }

    @Override
    public void define(Definition module) {
        module.name("everything").version(1);
        module.table(THINGS)
                .visibleWhen(
                        (viewer, thing, _) -> !thing.secret() || thing.owner().equals(viewer.identity()));
        module.table(CELLS).readableBy(Role.EDITOR);
        module.table(TALLIES);
        module.table(NOTES)
                .visibleWhen((viewer, note, tables) -> tables.in(CREWS)
                        .find(List.of(note.crew(), viewer.identity()))
                        .isPresent())
                .reading(CREWS, (crew, tables) -> tables.in(NOTES).where(BY_CREW, crew.name()));
        module.table(CREWS);
        module.table(WHISPERS)
                .visibleWhen((viewer, whisper, tables) -> viewer.role().atLeast(Role.ADMIN)
                        || tables.in(MUTED).find(whisper.word()).isEmpty())
                .reading(MUTED);
        module.table(MUTED);
        module.table(PINGS).visibleWhen((viewer, ping, _) -> ping.to().equals(viewer.identity()));
        module.table(AUDITS).readableBy(Role.ADMIN);
        if (hasMeters) {
            module.table(METERS);
        }
        module.reducer("batch", Batch.class, Role.VIEWER, (tx, in) -> {
            for (Step step : in.steps()) {
                step(tx, step);
                look.accept(tx);
            }
        });
        module.internal("later", Later.class, EverythingModule::later);
        module.onCreate(tx -> tx.in(AUDITS).insert(new Audit(-1, "created")));
        module.onConnect(tx -> tx.in(AUDITS).upsert(new Audit(-2, tx.sender() + " as " + tx.role())));
        module.onDisconnect(tx -> tx.in(AUDITS).delete(-2L));
    }

    private static void step(Tx tx, Step in) {
        String id = "t" + in.a();
        TableWriter<Thing> things = tx.in(THINGS);
        Tally tally = new Tally("w" + in.a() % 3, in.b() % 2);
        Whisper whisper = new Whisper("w" + in.a() % 3, in.b() % 2);
        switch (in.kind()) {
            case INSERT_THING -> things.insert(thing(id, in.b(), in.who()));
            case UPDATE_THING -> things.update(thing(id, in.b(), in.who()));
            case UPSERT_THING -> things.upsert(thing(id, in.b(), in.who()));
            case DELETE_THING -> things.delete(id);
            case UPSERT_CELL -> tx.in(CELLS).upsert(new Cell(in.a() % 3, "y" + in.a(), "v" + in.b() % 4));
            case DELETE_CELL -> tx.in(CELLS).delete(List.of(in.a() % 3, "y" + in.a()));
            case ADD_TALLY -> tx.in(TALLIES).insert(tally);
            case REMOVE_TALLY -> tx.in(TALLIES).delete(tally);
            case UPSERT_NOTE -> tx.in(NOTES).upsert(new Note(in.a(), "c" + in.b() % 3, "text " + in.b()));
            case DELETE_NOTE -> tx.in(NOTES).delete(in.a());
            case TOGGLE_CREW -> toggleCrew(tx, new Crew("c" + in.a() % 3, in.who()));
            case ADD_WHISPER -> tx.in(WHISPERS).insert(whisper);
            case REMOVE_WHISPER -> tx.in(WHISPERS).delete(whisper);
            case TOGGLE_MUTED -> toggleMuted(tx, whisper.word());
            case EMIT_PING -> tx.emit(PINGS, new Ping(in.who(), in.b()));
            case UPSERT_AUDIT ->
                tx.in(AUDITS).upsert(new Audit(in.a(), tx.sender().toString()));
            case UPSERT_METER -> tx.in(METERS).upsert(meter(in.a() - 2, in.b()));
            case DELETE_METER -> tx.in(METERS).delete(in.a() - 2);
            case SCHEDULE ->
                tx.schedule(tx.time().plus(Duration.ofSeconds(in.a())), "later", new Later(in.b(), in.a() % 3));
            case REJECT -> tx.require(in.b() % 2 == 0, "odd");
        }
    }

    private static void toggleCrew(Tx tx, Crew crew) {
        if (!tx.in(CREWS).delete(List.of(crew.name(), crew.member()))) {
            tx.in(CREWS).insert(crew);
        }
    }

    private static void toggleMuted(Tx tx, String word) {
        if (!tx.in(MUTED).delete(word)) {
            tx.in(MUTED).insert(new Muted(word));
        }
    }

    private static void later(Tx tx, Later in) {
        tx.in(AUDITS).upsert(new Audit(1_000 + Math.floorMod(in.number(), 5), "later " + in.times()));
        if (in.times() > 0) {
            tx.schedule(tx.time().plusSeconds(1), "later", new Later(in.number(), in.times() - 1));
        }
        tx.require(Math.floorMod(in.number(), 7) != 6, "unlucky");
    }

    /** A meter whose every column follows from {@code seed}; a negative number is one of the upper half. */
    public static Meter meter(int id, int seed) {
        return new Meter(id, seed % 3, seed % 2 == 0 ? Optional.empty() : Optional.of(seed), List.of(-1L, (long) seed));
    }

    /** A thing whose every column follows from {@code seed}. */
    public static Thing thing(String id, int seed, Identity owner) {
        int small = Math.floorMod(seed, 3);
        Optional<String> label = small == 0 ? Optional.empty() : Optional.of("label " + small);
        var point = new Point(
                small,
                seed / 7.0,
                label.map(_ -> Instant.EPOCH.plusSeconds(seed).plusNanos(1_500)));
        return new Thing(
                id,
                seed % 2 == 0,
                small,
                seed * 1_000_003L,
                seed * 0.1,
                "text " + seed + " ä\uD83D\uDE00",
                Bytes.of((byte) seed, (byte) -1),
                Instant.EPOCH.plusSeconds(seed),
                owner,
                Color.values()[small],
                Json.parse("{\"seed\": " + seed + "}"),
                label,
                List.of(seed, small),
                List.of(point, point),
                point,
                label.map(_ -> List.of(Color.BLUE, Color.RED)));
    }
}
