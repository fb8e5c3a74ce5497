package io.skein.engine.workspace;

import io.opentelemetry.api.trace.Span;
import io.skein.engine.audit.Audit;
import io.skein.engine.audit.AuditEntry;
import io.skein.engine.audit.Origin;
import io.skein.engine.journal.Group;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.WorkspaceState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What is decided and not yet durable, in order. One group is being written at a time; everything decided meanwhile waits here and becomes
 * the next group. An answer leaves only when all that was decided before it is durable, because it may rest on it.
 */
final class CommitQueue {
    /** Who waits for an outcome. */
    sealed interface Waiting {
        record Caller(ActorRef<Outcome> replyTo) implements Waiting {}

        record AtRelay(ActorRef<FromOwner> relay, long number) implements Waiting {}

        /** A hook or a scheduled command. */
        record Nobody() implements Waiting {}
    }

    /**
     * One decided call.
     *
     * @param committed its transaction, if it was accepted
     * @param refused its refusal, if that must be journaled
     * @param after the workspace after it; its outcome belongs after that state's {@code seq}
     * @param origin for the audit log
     * @param commit the span from here until it is durable; an invalid one where it is not traced
     * @param bytes its canonical bytes and what was said. Kept, as is {@code tagged}: when the group is made, these are out of the processor's cache
     * @param tagged whether it may give its group a tag
     */
    record Decided(
            @Nullable Committed committed,
            @Nullable RefusedCall refused,
            Waiting waiting,
            Outcome outcome,
            WorkspaceState after,
            Origin origin,
            Span commit,
            int bytes,
            boolean tagged) {
        /** One that is accepted. */
        static Decided accepted(Committed committed, Waiting waiting, Outcome outcome, Origin origin) {
            return new Decided(
                    committed,
                    null,
                    waiting,
                    outcome,
                    committed.after(),
                    origin,
                    Span.getInvalid(),
                    committed.canonical().length + outcome.characters(),
                    committed.transaction().concernsEngine(committed.after().schema()));
        }

        /** One that commits nothing, of which no log has anything to say. */
        static Decided told(@Nullable RefusedCall refused, Waiting waiting, Outcome outcome, WorkspaceState after) {
            return new Decided(
                    null,
                    refused,
                    waiting,
                    outcome,
                    after,
                    Origin.NONE,
                    Span.getInvalid(),
                    outcome.characters(),
                    false);
        }

        Decided tracedBy(Span span) {
            return new Decided(committed, refused, waiting, outcome, after, origin, span, bytes, tagged);
        }

        boolean needsJournal() {
            return committed != null || refused != null;
        }
    }

    private final ArrayDeque<Decided> waiting = new ArrayDeque<>();
    private final int maxTransactions;
    private final int maxBytes;
    private List<Decided> writing = List.of();
    private long writingBytes;
    private long bytes;
    private long waitingSinceNanos;
    private long writingSinceNanos;

    CommitQueue(WorkspaceSettings settings) {
        this.maxTransactions = settings.maxGroupTransactions();
        this.maxBytes = settings.maxGroupBytes();
    }

    void add(Decided decided) {
        bytes += decided.bytes();
        if (waiting.isEmpty()) {
            waitingSinceNanos = System.nanoTime();
        }
        waiting.addLast(decided);
    }

    int size() {
        return waiting.size() + writing.size();
    }

    /** Canonical bytes of everything that is not durable yet. */
    long bytes() {
        return bytes;
    }

    /** Since when the oldest of it waits, or one that was taken before it; 0 if there is nothing. */
    long oldestNanos() {
        if (isWriting()) {
            return writingSinceNanos;
        }
        return waiting.isEmpty() ? 0 : waitingSinceNanos;
    }

    boolean isWriting() {
        return !writing.isEmpty();
    }

    /** Answers that need no journal and rest on nothing undurable; they leave the queue. */
    List<Decided> takeSettled() {
        var settled = new ArrayList<Decided>();
        while (!isWriting() && !waiting.isEmpty() && !waiting.getFirst().needsJournal()) {
            settled.add(waiting.removeFirst());
        }
        return settled;
    }

    /** Moves as much as fits into one group. */
    Group startGroup(ModuleSchema schema, WorkspaceState durable) {
        writing = new ArrayList<>();
        writingSinceNanos = waitingSinceNanos;
        var transactions = new ArrayList<byte[]>();
        var refused = new ArrayList<RefusedCall>();
        var answers = new ArrayList<Group.Answered>();
        byte[] hash = durable.hash();
        int bytes = 0;
        while (!waiting.isEmpty() && transactions.size() < maxTransactions && bytes < maxBytes) {
            Decided next = waiting.removeFirst();
            writing.add(next);
            writingBytes += next.bytes();
            if (next.committed() != null) {
                transactions.add(next.committed().canonical());
                bytes += next.bytes();
                hash = next.committed().hash();
                answered(next.committed()).ifPresent(answers::add);
            }
            if (next.refused() != null) {
                refused.add(next.refused());
            }
        }
        return new Group(
                schema.name(), schema.version(), durable.seq() + 1, transactions, Bytes.of(hash), refused, answers);
    }

    /** What has to be journaled of an answer: nobody can ask again for one without a key. */
    private static Optional<Group.Answered> answered(Committed committed) {
        return committed.transaction().key().isEmpty()
                ? Optional.empty()
                : committed.answer().map(answer -> new Group.Answered(committed.seq(), answer));
    }

    /**
     * The tags of the group that is being written, and the marks of its entries in the audit log.
     *
     * @param firstDue when the first scheduled command before this group is due
     */
    Set<String> tagsOfGroup(ModuleSchema schema, Optional<Instant> firstDue) {
        int workspace = schema.ordinal(SystemTables.WORKSPACE);
        int member = schema.ordinal(SystemTables.MEMBER);
        int schedule = schema.ordinal(SystemTables.SCHEDULE);
        int outbox = schema.outboxOrdinal();
        boolean catalog = false;
        boolean leaves = false;
        var marks = new LinkedHashSet<String>();
        for (Decided decided : writing) {
            if (!decided.tagged()) {
                continue;
            }
            List<RowOp> ops =
                    Objects.requireNonNull(decided.committed()).transaction().ops();
            if (Audit.concerns(schema, ops.getFirst().table())) {
                mark(decided, marks);
            }
            for (RowOp op : ops) {
                catalog |= op.table() == workspace
                        || op.table() == member
                        || (op.table() == schedule && isEarlier(op, firstDue));
                leaves |= op.table() == outbox && op.isInsert();
            }
        }
        return all(tags(catalog, leaves), marks);
    }

    /** Of the tables that come first in a transaction these are the first, so looking at one operation is enough to pass others by. */
    private static void mark(Decided decided, Set<String> marks) {
        Audit.entries(Objects.requireNonNull(decided.committed()), decided.origin()).stream()
                .map(AuditEntry::mark)
                .forEach(marks::add);
    }

    private static Set<String> all(Set<String> tags, Set<String> marks) {
        if (marks.isEmpty()) {
            return tags;
        }
        marks.addAll(tags);
        return marks;
    }

    private static Set<String> tags(boolean catalog, boolean leaves) {
        if (leaves) {
            return catalog ? Set.of(GroupCommitted.CATALOG, GroupCommitted.OUTBOX) : Set.of(GroupCommitted.OUTBOX);
        }
        return catalog ? Set.of(GroupCommitted.CATALOG) : Set.of();
    }

    private static boolean isEarlier(RowOp op, Optional<Instant> firstDue) {
        return op.after() instanceof SystemTables.Scheduled scheduled
                && firstDue.map(scheduled.due()::isBefore).orElse(true);
    }

    /** The group that is being written. */
    List<Decided> group() {
        return writing;
    }

    /** The state after the group that is being written. */
    WorkspaceState stateAfterGroup() {
        return writing.getLast().after();
    }

    /** The group is durable. */
    List<Decided> finishGroup() {
        List<Decided> written = writing;
        bytes -= writingBytes;
        writingBytes = 0;
        writing = List.of();
        return written;
    }

    /** Everything, for when the journal failed. */
    List<Decided> abandon() {
        var all = new ArrayList<>(writing);
        all.addAll(waiting);
        writing = List.of();
        waiting.clear();
        writingBytes = 0;
        bytes = 0;
        return all;
    }
}
