package io.skein.persistence.bridge;

import io.skein.engine.Modules;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.RecordedTransaction;
import io.skein.engine.journal.RowChange;
import io.skein.engine.membership.Imports;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.OutboxRule;
import io.skein.engine.module.Outgoing;
import io.skein.engine.workspace.GroupCommitted;
import io.skein.engine.workspace.Ledger;
import io.skein.persistence.ProjectionSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.projection.eventsourced.EventEnvelope;
import org.apache.pekko.projection.jdbc.javadsl.JdbcHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what is durable in modules' outboxes into the bridge's table, once for each target to which policy lets it go. */
final class OutboxHandler extends JdbcHandler<List<EventEnvelope<GroupCommitted>>, ProjectionSession> {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxHandler.class);

    private final Modules modules;
    private final List<BridgeSettings.Target> targets;

    OutboxHandler(Modules modules, List<BridgeSettings.Target> targets) {
        this.modules = modules;
        this.targets = targets;
    }

    @Override
    public void process(ProjectionSession session, List<EventEnvelope<GroupCommitted>> envelopes) throws Exception {
        session.withConnection(connection -> {
            for (var envelope : envelopes) {
                PersistenceId id = PersistenceId.ofUniqueId(envelope.persistenceId());
                if (id.entityTypeHint().equals(Ledger.ENTITY_TYPE)) {
                    follow(connection, id.entityId(), envelope.event().group());
                }
            }
            return envelopes.size();
        });
    }

    private void follow(Connection connection, String workspace, Group group) throws SQLException {
        // Passed over it would be lost: whoever has the module goes on from here.
        ModuleSchema schema = modules.find(group.module())
                .orElseThrow(() -> new IllegalStateException("this node has no module " + group.module()));
        if (schema.outbox().isEmpty()) {
            LOG.warn("module {} had an outbox and has none now; what was in it stays", group.module());
            return;
        }
        for (byte[] canonical : group.transactions()) {
            try {
                RecordedTransaction tx =
                        RecordedTransaction.read(canonical, schema, table -> table == schema.outboxOrdinal());
                follow(connection, workspace, schema, tx);
            } catch (CorruptException e) {
                // One damaged workspace must not keep all others at home.
                LOG.error("a transaction of {} cannot be read, and nothing of it leaves", workspace, e);
            }
        }
    }

    private void follow(Connection connection, String workspace, ModuleSchema schema, RecordedTransaction tx)
            throws SQLException {
        if (tx.header().reducer().equals(Imports.ROWS)) {
            return; // these were somewhere else's to send
        }
        OutboxRule<?> rule = schema.outbox().orElseThrow();
        Instant at = ValueCodec.fromMicros(tx.header().timeMicros());
        for (RowChange change : tx.changes()) {
            if (change.kind() == RowChange.Kind.INSERT) {
                add(connection, workspace, schema.name(), rule.of(change.row()), at);
            }
        }
    }

    private void add(Connection connection, String workspace, String module, Outgoing outgoing, Instant at)
            throws SQLException {
        boolean nowhere = true;
        for (BridgeSettings.Target target : targets) {
            if (target.allows(module, outgoing.kind())) {
                nowhere = false;
                BridgeTables.add(connection, delivery(target.name(), workspace, module, outgoing, at));
            }
        }
        if (nowhere) {
            BridgeTables.add(connection, delivery(BridgeTables.NOWHERE, workspace, module, outgoing, at));
        }
    }

    private static Delivery delivery(String target, String workspace, String module, Outgoing outgoing, Instant at) {
        String body = outgoing.body().text();
        return new Delivery(target, workspace, outgoing.id(), module, outgoing.kind(), body, at, 0);
    }
}
