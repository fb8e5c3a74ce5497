package io.skein.modules.rooms;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableWriter;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.schema.Unsigned;
import io.skein.modules.rooms.yjs.MalformedException;
import io.skein.modules.rooms.yjs.Update;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A room is one Yjs document: the updates that clients sent, in the order in which they came. Skein keeps and orders them and passes them on; what they
 * make of the document is worked out by the clients.
 *
 * <p>A document is typed letter by letter, so once in a while what came last is made one row ({@link #tidy}), such that a long document is a few
 * large rows, and whoever opens it gets what was typed in one go in one piece.
 */
public final class RoomsModule implements Module {
    /** Its name, by which the wire of rooms knows its workspaces. */
    public static final String NAME = "rooms";

    /**
     * Updates of one transaction or of several that follow each other.
     *
     * @param first {@code seq} of the transaction whose update is the first in it
     * @param last that of the last one
     * @param data a Yjs update, in version 1 of the encoding
     */
    public record RoomUpdate(
            @Key @Unsigned long first, @Unsigned long last, Bytes data) {}

    /** @param data a Yjs update, in version 1 of the encoding, at most {@link #MAX_UPDATE_BYTES} */
    public record AppendUpdate(Bytes data) {}

    public static final Table<RoomUpdate> UPDATES = Table.of("room_update", RoomUpdate.class);
    public static final String APPEND = "append_update";

    /** A transaction may have 4 MiB, and what is made one row with it is in it, too. */
    public static final int MAX_UPDATE_BYTES = 3 << 20;

    /** So many transactions lie between two looks at what can be made one. */
    static final int TIDY_EVERY = 64;

    /** Rows of this size are left alone. */
    static final int MAX_TIDY_BYTES = 128 << 10;

    @Override
    public void define(Definition module) {
        module.name(NAME).version(1);
        module.table(UPDATES);
        module.reducer(APPEND, AppendUpdate.class, Role.EDITOR, RoomsModule::append);
    }

    private static void append(Tx tx, AppendUpdate in) {
        tx.require(
                in.data().length() <= MAX_UPDATE_BYTES,
                "update_too_large",
                "an update has at most " + MAX_UPDATE_BYTES + " bytes");
        try {
            Update.read(in.data().toArray());
        } catch (MalformedException e) {
            throw tx.reject("invalid_update", "this is no Yjs update: " + e.getMessage());
        }
        if (tx.seq() % TIDY_EVERY == 0) {
            tidy(tx.in(UPDATES));
        }
        tx.in(UPDATES).insert(new RoomUpdate(tx.seq(), tx.seq(), in.data()));
    }

    /**
     * Makes the newest rows one, and with them those before that are not much larger: what is typed is written again as often as its size doubles,
     * which is how log-structured stores do it. The first of the rows becomes that one, so a row that is inserted is always news.
     */
    private static void tidy(TableWriter<RoomUpdate> updates) {
        List<RoomUpdate> newestFirst = new ArrayList<>(updates.all());
        newestFirst.sort(Comparator.comparingLong(RoomUpdate::first).reversed());
        var run = new ArrayList<RoomUpdate>();
        var contents = new ArrayList<Update>();
        int bytes = 0;
        for (RoomUpdate row : newestFirst) {
            int size = row.data().length();
            boolean large = row.first() != row.last() && size > 2 * bytes;
            Optional<Update> content = large || bytes + size > MAX_TIDY_BYTES ? Optional.empty() : read(row);
            if (content.isEmpty()) {
                break;
            }
            run.addFirst(row);
            contents.add(content.get());
            bytes += size;
        }
        if (run.size() > 1) {
            run.stream().skip(1).forEach(row -> updates.delete(row.first()));
            Bytes merged = Bytes.of(Update.merge(contents).toBytes());
            updates.update(new RoomUpdate(run.getFirst().first(), run.getLast().last(), merged));
        }
    }

    /** One update that says what these rows say. */
    public static Update merged(List<RoomUpdate> rows) {
        return Update.merge(rows.stream().flatMap(row -> read(row).stream()).toList());
    }

    /** Empty if it is none: what was appended was read before, but rows can be imported, too. */
    private static Optional<Update> read(RoomUpdate row) {
        try {
            return Optional.of(Update.read(row.data().toArray()));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
