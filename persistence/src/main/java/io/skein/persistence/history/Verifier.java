package io.skein.persistence.history;

import io.skein.engine.Modules;
import io.skein.persistence.DatabaseException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Replays workspaces from their first transactions and compares: rows without a gap, transactions without a gap, the hash chain, the hash after
 * every group, every stored snapshot with the state replayed up to it (rule H1). It only reads, and may run beside a node; what is committed
 * while it runs is not looked at. Outside the chain are remembered refusals, which are read, and compared where a snapshot holds them, and the
 * version of the module that wrote a row.
 */
public final class Verifier {
    private static final int BATCH_BYTES = 4 << 20;

    private final JournalReader journal;
    private final Replay replay;

    /**
     * @param rememberedCalls see {@link io.skein.engine.state.RecentCalls#empty}
     */
    public Verifier(DataSource dataSource, Modules modules, int rememberedCalls) {
        this.journal = new JournalReader(dataSource, BATCH_BYTES);
        this.replay = new Replay(journal, modules, rememberedCalls);
    }

    /**
     * Verifies one workspace on the calling thread; empty if there is nothing of it.
     *
     * @throws DatabaseException if the database does not answer
     */
    public Optional<Verification> verify(String workspace) {
        try {
            return new VerifyRun(journal, replay, workspace).run();
        } catch (SQLException e) {
            throw new DatabaseException("The journal of " + workspace + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Verifies every workspace, one after the other.
     *
     * @param each hears of every one as it is done
     * @throws DatabaseException if the database does not answer
     */
    public void verifyAll(Consumer<Verification> each) {
        String prefix = JournalReader.persistenceId("");
        try {
            for (var id = journal.idAfter(""); id.isPresent(); id = journal.idAfter(id.get())) {
                if (id.get().startsWith(prefix)) {
                    verify(id.get().substring(prefix.length())).ifPresent(each);
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("The journal cannot be read: " + e.getMessage(), e);
        }
    }
}
