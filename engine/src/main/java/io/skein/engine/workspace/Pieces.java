package io.skein.engine.workspace;

import io.skein.engine.state.Stored;
import io.skein.engine.view.TableRows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Rows cut into messages of some {@code bytes}, each made when it is asked for. There is at least one, and the last one says so. */
public final class Pieces implements Iterator<Downstream> {
    private final long request;
    private final List<TableRows> tables;
    private final long pieceBytes;
    private int table;
    private int row;
    private boolean ended;

    Pieces(long request, List<TableRows> tables, long pieceBytes) {
        this.request = request;
        this.tables = tables;
        this.pieceBytes = pieceBytes;
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    @Override
    public Downstream next() {
        if (ended) {
            throw new NoSuchElementException();
        }
        var piece = new ArrayList<TableRows>();
        long bytes = 0;
        while (table < tables.size() && bytes < pieceBytes) {
            TableRows rows = tables.get(table);
            List<Stored<?>> all = rows.rows();
            int from = row;
            while (row < all.size() && bytes < pieceBytes) {
                bytes += all.get(row++).bytes();
            }
            piece.add(new TableRows(rows.subscription(), rows.table(), all.subList(from, row)));
            if (row == all.size()) {
                table++;
                row = 0;
            }
        }
        ended = table == tables.size();
        return new Downstream.SnapshotRows(request, piece, ended);
    }

    /** Puts pieces together again: what continues a table's rows is added to them. */
    public static void join(List<TableRows> whole, List<TableRows> piece) {
        for (TableRows rows : piece) {
            TableRows before = whole.isEmpty() ? null : whole.getLast();
            if (before != null && before.subscription() == rows.subscription() && before.table() == rows.table()) {
                before.rows().addAll(rows.rows());
            } else {
                whole.add(new TableRows(rows.subscription(), rows.table(), new ArrayList<>(rows.rows())));
            }
        }
    }
}
