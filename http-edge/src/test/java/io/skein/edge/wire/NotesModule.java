package io.skein.edge.wire;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;

/** Notes that only their owner sees, and those with whom they are shared; and an audit that only admins see. */
final class NotesModule implements Module {
    record Note(@Key String id, Identity owner, String text) {}

    record Share(@Key String id, String noteId, Identity reader) {}

    record Audit(@Key String id, String text) {}

    record AddNote(String id, String text) {}

    record ShareNote(String id, Identity reader) {}

    record AddAudit(String id, String text) {}

    record AddMany(String prefix, int count) {}

    private static final Table<Note> NOTES = Table.of("note", Note.class);
    private static final Table<Share> SHARES = Table.of("share", Share.class);
    private static final Table<Audit> AUDITS = Table.of("audit", Audit.class);
    private static final Index<Share, String> SHARES_OF_NOTE = SHARES.index("note_id", String.class);

    @Override
    public void define(Definition module) {
        module.name("notes").version(1);
        module.table(NOTES)
                .visibleWhen((viewer, note, tables) -> note.owner().equals(viewer.identity())
                        || tables.in(SHARES).where(SHARES_OF_NOTE, note.id()).stream()
                                .anyMatch(share -> share.reader().equals(viewer.identity())))
                .reading(
                        SHARES,
                        (share, tables) ->
                                tables.in(NOTES).find(share.noteId()).stream().toList());
        module.table(SHARES).readableBy(Role.ADMIN);
        module.table(AUDITS).readableBy(Role.ADMIN);
        module.reducer(
                "add_note",
                AddNote.class,
                Role.VIEWER,
                (tx, in) -> tx.in(NOTES).upsert(new Note(in.id(), tx.sender(), in.text())));
        module.reducer(
                "share_note",
                ShareNote.class,
                Role.VIEWER,
                (tx, in) -> tx.in(SHARES).insert(new Share(in.id() + "/" + in.reader(), in.id(), in.reader())));
        module.reducer(
                "unshare_note",
                ShareNote.class,
                Role.VIEWER,
                (tx, in) -> tx.in(SHARES).delete(in.id() + "/" + in.reader()));
        module.reducer(
                "add_audit",
                AddAudit.class,
                Role.VIEWER,
                (tx, in) -> tx.in(AUDITS).insert(new Audit(in.id(), in.text())));
        module.reducer("add_many", AddMany.class, Role.VIEWER, (tx, in) -> {
            for (int i = 0; i < in.count(); i++) {
                tx.in(NOTES).insert(new Note(in.prefix() + i, tx.sender(), "one of many"));
            }
        });
    }
}
