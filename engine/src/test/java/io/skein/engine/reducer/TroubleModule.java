package io.skein.engine.reducer;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A module whose reducers go wrong in every way, each after it has changed something. */
final class TroubleModule implements Module {
    record Row(@Key String id, String text, double number, Instant at, List<String> list) {}

    record Place(@Key long x, @Key String y, String owner) {}

    record Copy(String text) {}

    /** Readable by whom it belongs to. */
    record Secret(@Key String id, Identity owner) {}

    record Signal(String text) {}

    static final Table<Row> ROWS = Table.of("row", Row.class);
    static final Table<Place> PLACES = Table.of("place", Place.class);
    static final Table<Copy> COPIES = Table.of("copy", Copy.class);
    static final Table<Secret> SECRETS = Table.of("secret", Secret.class);
    static final Table<Copy> STAFF = Table.of("staff", Copy.class);
    static final Table<Row> STAFF_ROWS = Table.of("staff_row", Row.class);
    static final Table<Signal> SIGNALS = Table.event("signal", Signal.class);
    static final Table<Row> FOREIGN = Table.of("foreign", Row.class);

    enum Way {
        REJECTION,
        RUNTIME_EXCEPTION,
        ASSERTION_ERROR,
        LINKAGE_ERROR,
        STACK_OVERFLOW,
        NULL_KEY,
        NULL_PART_OF_KEY,
        NULL_COLUMN,
        NULL_IN_LIST,
        NOT_A_NUMBER,
        INFINITE,
        LONE_SURROGATE,
        TOO_FAR_AWAY,
        MISTYPED_KEY,
        MISTYPED_PART_OF_KEY,
        UPDATE_OF_MULTISET,
        INSERT_OF_EVENT,
        READ_OF_EVENT,
        EMIT_INTO_TABLE,
        FOREIGN_TABLE,
        UNKNOWN_SCHEDULE
    }

    record GoWrong(Way way) {}

    record Put(Row row) {}

    record PutPlace(long x, String y, String owner) {}

    record PutSecret(String id, Identity owner) {}

    record Times(int times) {}

    record Say(String reason, String message) {}

    @Override
    public void define(Definition module) {
        module.name("trouble");
        module.table(ROWS);
        module.table(PLACES);
        module.table(COPIES);
        module.table(SECRETS).visibleWhen((viewer, row, _) -> row.owner().equals(viewer.identity()));
        module.table(STAFF).readableBy(Role.ADMIN);
        module.table(STAFF_ROWS).readableBy(Role.ADMIN);
        module.table(SIGNALS);
        module.reducer("go_wrong", GoWrong.class, Role.VIEWER, (tx, in) -> {
            change(tx);
            goWrong(tx, in.way());
        });
        module.reducer("put", Put.class, Role.EDITOR, (tx, in) -> {
            tx.in(ROWS).upsert(in.row());
            tx.in(STAFF_ROWS).upsert(in.row());
        });
        module.reducer(
                "put_place",
                PutPlace.class,
                Role.EDITOR,
                (tx, in) -> tx.in(PLACES).upsert(new Place(in.x(), in.y(), in.owner())));
        module.reducer(
                "put_secret",
                PutSecret.class,
                Role.EDITOR,
                (tx, in) -> tx.in(SECRETS).upsert(new Secret(in.id(), in.owner())));
        module.reducer("ignore", Put.class, Role.EDITOR, (_, _) -> {});
        module.reducer("copies", Times.class, Role.EDITOR, (tx, in) -> {
            for (int i = 0; i < in.times(); i++) {
                tx.in(COPIES).insert(new Copy("same"));
            }
        });
        module.reducer("come_and_go", Times.class, Role.EDITOR, (tx, in) -> {
            for (int i = 0; i < in.times(); i++) {
                tx.in(COPIES).insert(new Copy("same"));
                tx.in(COPIES).delete(new Copy("same"));
            }
        });
        module.reducer("say", Say.class, Role.VIEWER, (tx, in) -> {
            throw tx.reject(in.reason(), in.message());
        });
        module.reducer("halve", Say.class, Role.VIEWER, (tx, in) -> {
            throw tx.reject("halved", in.message().substring(0, 1));
        });
    }

    static Row row(String id) {
        return new Row(id, "text", 1, Instant.EPOCH, List.of());
    }

    private static void change(Tx tx) {
        tx.in(ROWS).insert(row("changed"));
        tx.in(COPIES).insert(new Copy("changed"));
        tx.emit(SIGNALS, new Signal("changed"));
        tx.schedule(tx.time().plusSeconds(1), "ignore", new Put(row("later")));
    }

    @SuppressWarnings("NullAway") // the point of some
    private static void goWrong(Tx tx, Way way) {
        switch (way) {
            case REJECTION -> throw tx.reject("no", "it says no");
            case RUNTIME_EXCEPTION -> throw new IllegalStateException("a mistake");
            case ASSERTION_ERROR -> throw new AssertionError("a mistake");
            case LINKAGE_ERROR -> throw new NoClassDefFoundError("a mistake");
            case STACK_OVERFLOW -> goWrong(tx, way);
            case NULL_KEY -> tx.in(ROWS).insert(row(null));
            case NULL_PART_OF_KEY -> tx.in(PLACES).insert(new Place(1, null, ""));
            case NULL_COLUMN -> tx.in(ROWS).insert(new Row("r", null, 1, Instant.EPOCH, List.of()));
            case NULL_IN_LIST -> {
                var list = new ArrayList<String>();
                list.add(null);
                tx.in(ROWS).insert(new Row("r", "", 1, Instant.EPOCH, list));
            }
            case NOT_A_NUMBER -> tx.in(ROWS).insert(new Row("r", "", Double.NaN, Instant.EPOCH, List.of()));
            case INFINITE -> tx.in(ROWS).insert(new Row("r", "", Double.NEGATIVE_INFINITY, Instant.EPOCH, List.of()));
            case LONE_SURROGATE -> tx.in(ROWS).insert(new Row("r", "\uD800", 1, Instant.EPOCH, List.of()));
            case TOO_FAR_AWAY -> tx.in(ROWS).insert(new Row("r", "", 1, Instant.MAX, List.of()));
            case MISTYPED_KEY -> tx.in(ROWS).find(1);
            case MISTYPED_PART_OF_KEY -> tx.in(PLACES).delete(List.of(1, "y"));
            case UPDATE_OF_MULTISET -> tx.in(COPIES).update(new Copy("x"));
            case INSERT_OF_EVENT -> tx.in(SIGNALS).insert(new Signal("x"));
            case READ_OF_EVENT -> tx.in(SIGNALS).all();
            case EMIT_INTO_TABLE -> tx.emit(COPIES, new Copy("x"));
            case FOREIGN_TABLE -> tx.in(FOREIGN).all();
            case UNKNOWN_SCHEDULE -> tx.schedule(tx.time(), "nothing", new Times(1));
        }
    }
}
