package io.skein.persistence.history;

import io.skein.engine.Modules;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.RecordedTransaction;
import io.skein.engine.journal.RowChange;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.TxHeader;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * What happened in a workspace, straight from the journal; the workspace itself is neither asked nor woken. Whether somebody may ask at all is
 * for the caller to know; here an {@link Audience} sees what it would have seen live.
 */
public final class History implements AutoCloseable {
    /** Which way a page goes. */
    public enum Order {
        NEWEST_FIRST,
        OLDEST_FIRST
    }

    /**
     * Where a page begins.
     *
     * @param from {@code seq} of its first transaction; beyond the end stands for the end
     * @param limit how many transactions it covers at most, at least 1
     */
    public record Range(Order order, long from, int limit) {
        /** The latest. */
        public static Range newest(int limit) {
            return new Range(Order.NEWEST_FIRST, Long.MAX_VALUE, limit);
        }

        /** The first of all. */
        public static Range oldest(int limit) {
            return new Range(Order.OLDEST_FIRST, 1, limit);
        }
    }

    /**
     * A transaction.
     *
     * @param changes what the audience sees of it, never empty; grouped by table
     */
    public record Entry(TxHeader header, List<RowChange> changes) {}

    /**
     * Some transactions in the order asked for; those of which the audience sees nothing are left out, so there may be fewer than the page
     * covers, even none.
     *
     * @param schema what the entries' table ordinals mean
     * @param head {@code seq} of the last durable transaction
     * @param next where the next page begins; empty after the last one
     */
    public record Page(ModuleSchema schema, long head, List<Entry> entries, OptionalLong next) {}

    /** A workspace at two moments; rows that did not change are the same objects where the way between is short. */
    public record Between(WorkspaceState before, WorkspaceState after) {}

    /**
     * A part of a workspace's hash chain, which was found to be whole: {@code hash} of each link is SHA-256 of the one before and its {@code
     * canonical} bytes.
     *
     * @param hashBefore the first link
     * @param head {@code seq} of the last durable transaction
     * @param next {@code seq} of the first link behind these; empty after the last one
     */
    public record Chain(long head, Bytes hashBefore, List<Link> links, OptionalLong next) {}

    /** One transaction in its chain. */
    public record Link(long seq, Bytes canonical, Bytes hash) {}

    /** So many transactions are replayed rather than a second snapshot read. */
    private static final long SHORT_WAY = 20_000;

    private final JournalReader journal;
    private final Modules modules;
    private final HistoryLimits limits;
    private final Replay replay;
    private final Readers readers;

    public History(DataSource dataSource, Modules modules, HistoryLimits limits) {
        this.journal = new JournalReader(dataSource, limits.pageBytes());
        this.modules = modules;
        this.limits = limits;
        this.replay = new Replay(journal, modules, limits.rememberedCalls());
        this.readers = new Readers("skein-history", limits.readers(), limits.retryAfter());
    }

    /** Who somebody was at a past moment, where that decides what they may know of it. */
    @FunctionalInterface
    public interface PastAudience {
        /** Empty where they were nobody who may look. */
        Optional<Audience> in(WorkspaceState state);
    }

    /**
     * A page of transactions, each as somebody saw it who was in it what {@code past} says of the state after it. Costs by the way from the
     * nearest snapshot.
     *
     * @return refused as the other {@link #page}
     */
    public CompletableFuture<Answer<Page>> page(String workspace, PastAudience past, Range range) {
        return page(
                workspace,
                range,
                (bounds, window, schema, wanted) -> replayed(workspace, bounds, window, schema, past, wanted));
    }

    /**
     * A page of transactions. Costs by the page; where the module has rules that look at rows, by the way from the nearest snapshot.
     *
     * @return refused: {@code invalid_args}, {@code not_found}, {@code overloaded}, {@code unavailable}; to be cancelled when
     *     nobody waits any more
     */
    public CompletableFuture<Answer<Page>> page(String workspace, Audience audience, Range range) {
        return page(
                workspace,
                range,
                (bounds, window, schema, wanted) -> schema.hasRowRules()
                        ? replayed(workspace, bounds, window, schema, _ -> Optional.of(audience), wanted)
                        : recorded(window, schema, audience));
    }

    /** Makes the entries of a window. */
    @FunctionalInterface
    private interface Entries {
        List<Entry> of(JournalReader.Bounds bounds, Window window, ModuleSchema schema, Readers.Wanted wanted)
                throws SQLException;
    }

    private CompletableFuture<Answer<Page>> page(String workspace, Range range, Entries entries) {
        if (range.limit() < 1 || range.from() < 1) {
            return CompletableFuture.completedFuture(
                    refused(ErrorCode.INVALID_ARGS, "a page begins at 1 or later and covers at least 1 transaction"));
        }
        return readers.start(wanted -> {
            var bounds = journal.bounds(workspace);
            return bounds.isEmpty() ? notFound(workspace) : page(workspace, bounds.get(), range, entries, wanted);
        });
    }

    /**
     * A workspace as it was after a transaction. What hangs on the future runs on its thread and counts as reading.
     *
     * @return refused as {@link #page} is; {@code not_found} also where there is no such transaction
     */
    public CompletableFuture<Answer<WorkspaceState>> stateAt(String workspace, long seq) {
        return readers.start(wanted -> {
            var bounds = journal.bounds(workspace);
            if (bounds.isEmpty()) {
                return notFound(workspace);
            }
            long head = lastGroup(workspace, bounds.get()).lastSeq();
            if (seq < 1 || seq > head) {
                return refused(ErrorCode.NOT_FOUND, "no transaction %d; the last is %d".formatted(seq, head));
            }
            return new Answer.Found<>(replay.run(workspace, bounds.get(), seq + 1, seq, _ -> {}, wanted));
        });
    }

    /**
     * A workspace as it was after one transaction and after a later one, or the same.
     *
     * @return refused as {@link #stateAt} is
     */
    public CompletableFuture<Answer<Between>> between(String workspace, long from, long to) {
        return readers.start(wanted -> {
            var bounds = journal.bounds(workspace);
            if (bounds.isEmpty()) {
                return notFound(workspace);
            }
            long head = lastGroup(workspace, bounds.get()).lastSeq();
            if (from < 1 || to < from || to > head) {
                return refused(
                        ErrorCode.NOT_FOUND, "no transactions %d to %d; the last is %d".formatted(from, to, head));
            }
            if (to - from > SHORT_WAY) {
                WorkspaceState before = replay.run(workspace, bounds.get(), from + 1, from, _ -> {}, wanted);
                return new Answer.Found<>(
                        new Between(before, replay.run(workspace, bounds.get(), to + 1, to, _ -> {}, wanted)));
            }
            var before = new AtomicReference<WorkspaceState>();
            WorkspaceState after = replay.run(
                    workspace,
                    bounds.get(),
                    from,
                    to,
                    committed -> {
                        if (committed.seq() == from) {
                            before.set(committed.after());
                        }
                    },
                    wanted);
            return new Answer.Found<>(new Between(Objects.requireNonNull(before.get()), after));
        });
    }

    /**
     * A part of the hash chain, oldest first; its bytes hold all rows, whoever may see them.
     *
     * @return refused as {@link #page} is; {@code internal} if the chain is broken there
     */
    public CompletableFuture<Answer<Chain>> chain(String workspace, long first, int limit) {
        return readers.start(wanted -> {
            var bounds = journal.bounds(workspace);
            if (bounds.isEmpty()) {
                return notFound(workspace);
            }
            long head = lastGroup(workspace, bounds.get()).lastSeq();
            if (first < 1 || first > head) {
                return refused(ErrorCode.NOT_FOUND, "no transaction %d; the last is %d".formatted(first, head));
            }
            Window window = Window.beginningAt(journal, workspace, bounds.get(), first, limit, limits, wanted);
            var links = new ArrayList<Link>();
            window.forEach((canonical, hash) -> links.add(new Link(first + links.size(), Bytes.of(canonical), hash)));
            return new Answer.Found<>(new Chain(head, window.hashBeforeFirst(), links, window.newer(head)));
        });
    }

    private Group lastGroup(String workspace, JournalReader.Bounds bounds) throws SQLException {
        return journal.up(workspace, bounds.last(), bounds.last()).getFirst().group();
    }

    private Answer<Page> page(
            String workspace, JournalReader.Bounds bounds, Range range, Entries entries, Readers.Wanted wanted)
            throws SQLException {
        Group last = lastGroup(workspace, bounds);
        var schema = modules.find(last.module());
        if (schema.isEmpty()) {
            return refused(ErrorCode.UNAVAILABLE, "module %s is not on this node".formatted(last.module()));
        }
        boolean newestFirst = range.order() == Order.NEWEST_FIRST;
        long head = last.lastSeq();
        if (head < 1 || (!newestFirst && range.from() > head)) {
            return new Answer.Found<>(new Page(schema.get(), head, List.of(), OptionalLong.empty()));
        }
        long from = Math.min(range.from(), head);
        Window window = newestFirst
                ? Window.endingAt(journal, workspace, bounds, from, range.limit(), limits, wanted)
                : Window.beginningAt(journal, workspace, bounds, from, range.limit(), limits, wanted);
        List<Entry> found = entries.of(bounds, window, schema.get(), wanted);
        if (newestFirst) {
            Collections.reverse(found);
        }
        return new Answer.Found<>(
                new Page(schema.get(), head, found, newestFirst ? window.older() : window.newer(head)));
    }

    /** Where roles decide alone, a transaction's own bytes are enough. */
    private static List<Entry> recorded(Window window, ModuleSchema schema, Audience audience) {
        var entries = new ArrayList<Entry>();
        window.forEach((canonical, hash) -> {
            var tx = RecordedTransaction.read(
                    canonical,
                    schema,
                    table -> audience.role().atLeast(schema.rule(table).minimum()));
            if (!tx.changes().isEmpty()) {
                var header = tx.header();
                entries.add(new Entry(
                        new TxHeader(header.seq(), header.timeMicros(), header.sender(), header.reducer(), hash),
                        tx.changes()));
            }
        });
        return entries;
    }

    /** Where rules look at rows and other tables, or roles are those of the time, these have to be there. */
    private List<Entry> replayed(
            String workspace,
            JournalReader.Bounds bounds,
            Window window,
            ModuleSchema schema,
            PastAudience past,
            Readers.Wanted wanted)
            throws SQLException {
        var visibility = new Visibility(schema);
        var entries = new ArrayList<Entry>();
        replay.run(
                workspace,
                bounds,
                window.first(),
                window.last(),
                committed -> {
                    if (committed.seq() >= window.first()) {
                        past.in(committed.after())
                                .ifPresent(audience -> addVisible(visibility, committed, audience, entries));
                    }
                },
                wanted);
        return entries;
    }

    private static void addVisible(Visibility visibility, Committed committed, Audience audience, List<Entry> entries) {
        List<RowChange> changes =
                visibility.ops(committed, audience).stream().map(RowChange::of).toList();
        if (!changes.isEmpty()) {
            entries.add(new Entry(TxHeader.of(committed), changes));
        }
    }

    private static <T> Answer<T> notFound(String workspace) {
        return refused(ErrorCode.NOT_FOUND, "no workspace " + workspace);
    }

    private static <T> Answer<T> refused(ErrorCode code, String message) {
        return new Answer.Refused<>(Refusal.of(code, message));
    }

    /** Ends what is being read at its next step. */
    @Override
    public void close() {
        readers.close();
    }
}
