package io.skein.engine.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.everything.SampleHistory;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Json;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RecentCalls;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.Rows;
import io.skein.engine.state.Transaction;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was ever written can be read for ever, and means what it meant. Version 1 of every format. */
class GoldenFilesTest {
    private final TestWorkspace sample = SampleHistory.play();
    private final ModuleSchema schema = sample.state().schema();

    private static String transactionFile(long seq) {
        return "transaction-v1-" + seq + ".txt";
    }

    private static String groupFile(int number) {
        return "group-v1-" + number + ".txt";
    }

    /** Remembered calls were written in the order of a tree at first, and are in the order in which they came since. */
    private static final String IN_ORDER_1 = "snapshot-v1-in-order.txt";

    private static final String IN_ORDER_2 = "snapshot-v2-in-order.txt";

    @Test
    void encodingsOfToday_areThoseThatWereReleased() {
        for (Committed committed : sample.history()) {
            new GoldenFile(describe(schema, committed.transaction()), Bytes.of(committed.canonical()))
                    .requireSame(transactionFile(committed.seq()));
        }
        List<Group> groups = groups();
        for (int i = 0; i < groups.size(); i++) {
            new GoldenFile(describe(groups.get(i)), Bytes.of(GroupCodec.encode(groups.get(i))))
                    .requireSame(groupFile(i + 1));
        }
        new GoldenFile(describe(sample.state()), Bytes.of(SnapshotCodec.encode(sample.state())))
                .requireSame(IN_ORDER_1);
    }

    /** All but the last transaction in one group; the last one and the refusal in another. */
    private List<Group> groups() {
        List<Group> each = sample.journal();
        int last = each.size() - 2;
        return List.of(merged(each.subList(0, last)), merged(each.subList(last, each.size())));
    }

    private static Group merged(List<Group> groups) {
        return new Group(
                groups.getFirst().module(),
                groups.getFirst().moduleVersion(),
                groups.getFirst().firstSeq(),
                groups.stream().flatMap(group -> group.transactions().stream()).toList(),
                groups.getLast().hashAfter(),
                groups.stream().flatMap(group -> group.refused().stream()).toList());
    }

    @Test
    void releasedTransactions_areReadAsTheyAreDescribed() {
        for (Committed committed : sample.history()) {
            GoldenFile file = GoldenFile.read(transactionFile(committed.seq()));
            Transaction read = TransactionCodec.decode(file.bytes().toArray(), committed.before());
            assertEquals(file.description(), describe(schema, read));
            assertEquals(committed.transaction(), read);
        }
    }

    @Test
    void releasedGroups_areReadAsTheyAreDescribedAndReplayed() {
        WorkspaceState state = WorkspaceState.empty(schema, sample.state().workspace(), 10_000);
        for (int number = 1; number <= 2; number++) {
            GoldenFile file = GoldenFile.read(groupFile(number));
            Group group = GroupCodec.decode(file.bytes().toArray());
            assertEquals(file.description(), describe(group));
            state = GroupCodec.replay(state, group, _ -> {});
        }
        assertEquals(sample.state(), state);
    }

    @Test
    void releasedSnapshots_areReadAsTheyAreDescribed() {
        for (String name : List.of("snapshot-v1.txt", IN_ORDER_1)) {
            GoldenFile file = GoldenFile.read(name);
            WorkspaceState state = SnapshotCodec.decode(file.bytes().toArray(), _ -> schema, 10_000);
            assertEquals(file.description(), describe(state));
            assertEquals(sample.state(), state);
        }
    }

    /** The last group as it would be if its reducer had answered and its refusal had details: version 2, which is written only then. */
    private Group answering() {
        Group plain = groups().getLast();
        RefusedCall refused = plain.refused().getFirst();
        var detailed = new RefusedCall(
                refused.sender(),
                refused.key(),
                refused.afterSeq(),
                refused.timeMicros(),
                refused.refusal().withDetails(new Json("{\"id\":\"ä\",\"of\":[1,2]}")));
        return new Group(
                plain.module(),
                plain.moduleVersion(),
                plain.firstSeq(),
                plain.transactions(),
                plain.hashAfter(),
                List.of(detailed),
                List.of(new Group.Answered(plain.firstSeq(), new Json("{\"count\":2}"))));
    }

    private WorkspaceState answered(Group last) {
        WorkspaceState empty = WorkspaceState.empty(schema, sample.state().workspace(), 10_000);
        return GroupCodec.replay(GroupCodec.replay(empty, groups().getFirst(), _ -> {}), last, _ -> {});
    }

    @Test
    void A1_groupsAndSnapshotsWithAnswers_areThoseThatWereReleased_andAreReadAsTheyAreDescribed() {
        new GoldenFile(describe(answering()), Bytes.of(GroupCodec.encode(answering()))).requireSame("group-v2.txt");
        WorkspaceState state = answered(answering());
        new GoldenFile(describe(state), Bytes.of(SnapshotCodec.encode(state))).requireSame(IN_ORDER_2);

        GoldenFile group = GoldenFile.read("group-v2.txt");
        Group read = GroupCodec.decode(group.bytes().toArray());
        assertEquals(group.description(), describe(read));
        assertEquals(state, answered(read));
        for (String name : List.of("snapshot-v2.txt", IN_ORDER_2)) {
            GoldenFile file = GoldenFile.read(name);
            WorkspaceState decoded = SnapshotCodec.decode(file.bytes().toArray(), _ -> schema, 10_000);
            assertEquals(state, decoded);
            assertEquals(file.description(), describe(decoded));
        }
    }

    // ---- descriptions

    private static String describe(ModuleSchema schema, Transaction tx) {
        var lines = new ArrayList<String>();
        lines.add("transaction " + tx.seq() + " at " + tx.timeMicros() + " by " + tx.sender());
        lines.add("reducer " + tx.reducer() + tx.key().map(key -> ", " + key).orElse(""));
        tx.ops().forEach(op -> {
            String what = op.isInsert() ? "insert " : op.isDelete() ? "delete " : "update ";
            lines.add(schema.table(op.table()).name() + ": " + what + (op.isDelete() ? op.key() : op.after()));
        });
        return String.join("\n", lines);
    }

    private static String describe(Group group) {
        var lines = new ArrayList<String>();
        lines.add("group of module " + group.module() + " version " + group.moduleVersion());
        lines.add("transactions " + group.firstSeq() + " to " + group.lastSeq());
        group.transactions().forEach(bytes -> lines.add("transaction of " + bytes.length + " bytes"));
        lines.add(
                "hash after them " + HexFormat.of().formatHex(group.hashAfter().toArray()));
        for (RefusedCall call : group.refused()) {
            lines.add("refused after " + call.afterSeq() + " at " + call.timeMicros() + ": " + call.key());
            lines.add("to " + call.sender() + ": " + describe(call.refusal()));
        }
        group.answers()
                .forEach(answered -> lines.add("transaction " + answered.seq() + " answers " + answered.answer()));
        return String.join("\n", lines);
    }

    private static String describe(Refusal refusal) {
        return "%s, reason %s, message %s, current %d"
                        .formatted(refusal.code().wire(), refusal.reason(), refusal.message(), refusal.current())
                + refusal.details().map(details -> ", details " + details).orElse("");
    }

    private static String describe(WorkspaceState state) {
        var lines = new ArrayList<String>();
        lines.add("snapshot of " + state.workspace() + " of module " + state.schema());
        lines.add("seq " + state.seq() + " at " + state.timeMicros());
        lines.add("hash " + HexFormat.of().formatHex(state.hash()));
        for (int i = 0; i < state.schema().tableCount(); i++) {
            describe(state.rows(i), lines);
        }
        for (boolean younger : new boolean[] {false, true}) {
            state.calls().forEach(younger, (caller, answer) -> lines.add(describe(younger, caller, answer)));
        }
        return String.join("\n", lines);
    }

    private static <R> void describe(Rows<R> rows, List<String> lines) {
        rows.forEach(stored -> lines.add("%s: %s, %d times, version %d, %d bytes"
                .formatted(rows.table().name(), stored.row(), stored.copies(), stored.version(), stored.bytes())));
    }

    private static String describe(boolean younger, RecentCalls.Caller caller, RecentCalls.Answer answer) {
        return "%s call %s of %s at %d, digest %s: %s"
                .formatted(
                        younger ? "younger" : "older",
                        caller.key(),
                        caller.sender(),
                        answer.timeMicros(),
                        answer.digest(),
                        answer.refusal()
                                .map(GoldenFilesTest::describe)
                                .orElse("transaction " + answer.seq()
                                        + Optional.ofNullable(answer.answered())
                                                .map(said -> ", answers " + said)
                                                .orElse("")));
    }
}
