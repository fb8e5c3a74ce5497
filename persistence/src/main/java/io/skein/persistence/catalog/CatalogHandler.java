package io.skein.persistence.catalog;

import io.skein.engine.Modules;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.journal.RecordedTransaction;
import io.skein.engine.journal.RowChange;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Identity;
import io.skein.engine.workspace.GroupCommitted;
import io.skein.engine.workspace.Ledger;
import io.skein.persistence.ProjectionSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.projection.eventsourced.EventEnvelope;
import org.apache.pekko.projection.jdbc.javadsl.JdbcHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Brings groups that touch a workspace's own row, its members or its schedule into the catalog's tables. */
final class CatalogHandler extends JdbcHandler<List<EventEnvelope<GroupCommitted>>, ProjectionSession> {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogHandler.class);

    /** What every workspace has, whatever its module: so the catalog needs no module, and reads nothing of theirs. */
    private static final ModuleSchema SYSTEM = Modules.schemaOf(definition -> definition.name("system"));

    private static final int WORKSPACE = SYSTEM.ordinal(SystemTables.WORKSPACE);
    private static final int MEMBER = SYSTEM.ordinal(SystemTables.MEMBER);
    private static final int SCHEDULE = SYSTEM.ordinal(SystemTables.SCHEDULE);

    @Override
    public void process(ProjectionSession session, List<EventEnvelope<GroupCommitted>> envelopes) throws Exception {
        session.withConnection(connection -> {
            for (var envelope : envelopes) {
                PersistenceId id = PersistenceId.ofUniqueId(envelope.persistenceId());
                if (id.entityTypeHint().equals(Ledger.ENTITY_TYPE)) {
                    follow(connection, id.entityId(), envelope);
                }
            }
            return envelopes.size();
        });
    }

    private static void follow(Connection connection, String workspace, EventEnvelope<GroupCommitted> envelope)
            throws SQLException {
        for (byte[] canonical : envelope.event().group().transactions()) {
            RecordedTransaction tx;
            try {
                tx = RecordedTransaction.read(
                        canonical, SYSTEM, table -> table == WORKSPACE || table == MEMBER || table == SCHEDULE);
            } catch (CorruptException e) {
                // One damaged workspace must not keep all others out of the catalog.
                try (var _ = MDC.putCloseable("workspace", workspace)) {
                    LOG.error("row {} of {} cannot be read", envelope.sequenceNr(), workspace, e);
                }
                continue;
            }
            for (RowChange change : tx.changes()) {
                follow(connection, workspace, tx.header().seq(), change);
            }
        }
    }

    private static void follow(Connection connection, String workspace, long seq, RowChange change)
            throws SQLException {
        switch (change.after()) {
            case SystemTables.Workspace row
            when row.deletedAt().isPresent() -> CatalogTables.drop(connection, workspace);
            case SystemTables.Workspace row -> CatalogTables.put(connection, row);
            case SystemTables.Member row -> CatalogTables.putMember(connection, workspace, row.identity(), row.role());
            case SystemTables.Scheduled row -> CatalogTables.bringForward(connection, workspace, row.due(), seq);
            case null, default -> {
                // Of what goes, only members matter: a workspace's row stays, and its schedule is asked of itself.
                if (change.table() == MEMBER) {
                    CatalogTables.dropMember(connection, workspace, (Identity) change.key());
                }
            }
        }
    }
}
