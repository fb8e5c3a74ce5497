package io.skein.persistence;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tables;
import io.skein.engine.module.Viewer;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Duration;

/** Notes that are seen only by those who sit in their room; and notes that are written later. */
public final class RoomsModule implements Module {
    public record Seat(@Key String id, String room, Identity who) {}

    public record Note(@Key String id, String room, String text) {}

    /** A multiset. */
    public record Mark(String word) {}

    public record Secret(@Key String id, String text) {}

    public record Sit(String id, String room, Identity who) {}

    public record Stand(String id) {}

    public record Write(String id, String room, String text) {}

    public record Erase(String id) {}

    public record AddMark(String word) {}

    public record DropMark(String word) {}

    public record Hide(String id, String text) {}

    /** Writes a note later. */
    public record Later(String id, long delayMillis) {}

    public static final Table<Seat> SEATS = Table.of("seat", Seat.class);
    public static final Table<Note> NOTES = Table.of("note", Note.class);
    public static final Table<Mark> MARKS = Table.of("mark", Mark.class);
    public static final Table<Secret> SECRETS = Table.of("secret", Secret.class);
    private static final Index<Seat, String> SEATS_IN = SEATS.index("room", String.class);
    private static final Index<Note, String> NOTES_IN = NOTES.index("room", String.class);

    @Override
    public void define(Definition module) {
        module.name("rooms").version(1);
        module.table(SEATS);
        module.table(NOTES)
                .visibleWhen(RoomsModule::sitsThere)
                .reading(SEATS, (seat, tables) -> tables.in(NOTES).where(NOTES_IN, seat.room()));
        module.table(MARKS);
        module.table(SECRETS).readableBy(Role.ADMIN);
        module.reducer(
                "sit", Sit.class, Role.EDITOR, (tx, in) -> tx.in(SEATS).upsert(new Seat(in.id(), in.room(), in.who())));
        module.reducer(
                "stand",
                Stand.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(SEATS).delete(in.id()), "seat_missing"));
        module.reducer(
                "write",
                Write.class,
                Role.EDITOR,
                (tx, in) -> tx.in(NOTES).upsert(new Note(in.id(), in.room(), in.text())));
        module.reducer(
                "erase",
                Erase.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(NOTES).delete(in.id()), "note_missing"));
        module.reducer(
                "add_mark", AddMark.class, Role.EDITOR, (tx, in) -> tx.in(MARKS).insert(new Mark(in.word())));
        module.reducer(
                "drop_mark",
                DropMark.class,
                Role.EDITOR,
                (tx, in) -> tx.require(tx.in(MARKS).delete(new Mark(in.word())), "mark_missing"));
        module.reducer(
                "hide", Hide.class, Role.ADMIN, (tx, in) -> tx.in(SECRETS).upsert(new Secret(in.id(), in.text())));
        module.reducer(
                "later",
                Later.class,
                Role.EDITOR,
                (tx, in) -> tx.schedule(
                        tx.time().plus(Duration.ofMillis(in.delayMillis())),
                        "write",
                        new Write(in.id(), "hall", "later")));
    }

    private static boolean sitsThere(Viewer viewer, Note note, Tables tables) {
        return tables.in(SEATS).where(SEATS_IN, note.room()).stream()
                .anyMatch(seat -> seat.who().equals(viewer.identity()));
    }
}
