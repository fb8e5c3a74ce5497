package io.skein.edge.rooms;

import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.WireFormat;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import io.skein.modules.rooms.RoomsModule;
import io.skein.modules.rooms.RoomsModule.RoomUpdate;
import io.skein.modules.rooms.yjs.Update;
import java.util.ArrayList;
import java.util.List;

/**
 * What sessions of a room share: rows that were inserted, as updates. Rows that were changed or deleted are older ones that became one, and no news.
 *
 * @param dialect what frames begin with
 */
record RoomFormat(Dialect dialect) implements WireFormat {
    /** A frame is one message. */
    @Override
    public Framing framing() {
        return Framing.prefixed(dialect.prefix(), 1);
    }

    @Override
    public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
        return update(deltas);
    }

    static byte[] update(List<TableDelta> deltas) {
        var news = new ArrayList<RoomUpdate>();
        for (TableDelta delta : deltas) {
            for (RowOp op : delta.ops()) {
                if (op.isInsert() && op.after() instanceof RoomUpdate row) {
                    news.add(row);
                }
            }
        }
        // One, but for what was imported.
        byte[] update = news.size() == 1
                ? news.getFirst().data().toArray()
                : RoomsModule.merged(news).toBytes();
        return Dialect.sync(Dialect.UPDATE, update);
    }

    /** The document as one update, and its state vector: each session makes of them what its client needs. */
    @Override
    public EncodedRows snapshot(View view, List<TableRows> rows) {
        var all = new ArrayList<RoomUpdate>();
        for (TableRows table : rows) {
            for (Stored<?> stored : table.rows()) {
                if (stored.row() instanceof RoomUpdate row) {
                    all.add(row);
                }
            }
        }
        Update document = RoomsModule.merged(all);
        return new EncodedRows(document.toBytes(), document.vector().toBytes());
    }

    @Override
    public EncodedRows subscription(View view, List<TableRows> rows) {
        throw new UnsupportedOperationException("a session of a room has one subscription, from its start");
    }
}
