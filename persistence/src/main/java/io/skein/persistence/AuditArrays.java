package io.skein.persistence;

import io.skein.engine.audit.AuditEntry;
import io.skein.engine.codec.ValueCodec;
import io.skein.persistence.JournalInsert.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.persistence.typed.PersistenceId;

/** Entries of the audit log as columns: the arrays of one statement. */
final class AuditArrays {
    private static final String[] TYPES = {
        "timestamptz", "text", "int8", "text", "text", "text", "text", "text", "text", "text", "text"
    };

    private final List<Object[]> entries = new ArrayList<>();

    private AuditArrays() {}

    static AuditArrays of(List<Row> rows) {
        var arrays = new AuditArrays();
        for (Row row : rows) {
            String workspace =
                    PersistenceId.ofUniqueId(row.event().persistenceId()).entityId();
            row.audit().forEach(entry -> arrays.add(workspace, entry));
        }
        return arrays;
    }

    private void add(String workspace, AuditEntry entry) {
        entries.add(new Object[] {
            ValueCodec.fromMicros(entry.timeMicros()).toString(),
            workspace,
            entry.seq(),
            entry.kind().wire(),
            entry.actor().toString(),
            entry.subject(),
            entry.origin().token(),
            entry.origin().session(),
            entry.origin().device(),
            entry.origin().address(),
            entry.details()
        });
    }

    void set(Connection connection, PreparedStatement insert, int first) throws SQLException {
        for (int column = 0; column < TYPES.length; column++) {
            var values = new Object[entries.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = entries.get(i)[column];
            }
            insert.setArray(first + column, connection.createArrayOf(TYPES[column], values));
        }
    }
}
