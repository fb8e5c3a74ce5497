package io.skein.modules.spaces;

import static io.skein.modules.spaces.SpaceTables.OPS;
import static io.skein.modules.spaces.SpaceTables.PEERS;
import static io.skein.modules.spaces.SpaceTables.SECRETS;
import static io.skein.modules.spaces.SpaceTables.SPACE;
import static io.skein.modules.spaces.SpaceTables.TREES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.codec.SecretKeys;
import io.skein.engine.membership.Membership;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Json;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.spaces.SpaceTables.SecretEntry;
import io.skein.modules.spaces.SpaceTables.TreeOp;
import io.skein.modules.spaces.SpacesModule.AddTree;
import io.skein.modules.spaces.SpacesModule.AppendOps;
import io.skein.modules.spaces.SpacesModule.DeleteSecret;
import io.skein.modules.spaces.SpacesModule.GivenSecret;
import io.skein.modules.spaces.SpacesModule.MissingOp;
import io.skein.modules.spaces.SpacesModule.MissingOps;
import io.skein.modules.spaces.SpacesModule.PeerRanges;
import io.skein.modules.spaces.SpacesModule.SaveSecrets;
import io.skein.modules.spaces.SpacesModule.TreeVector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpacesModuleTest {
    private final TestWorkspace space = TestWorkspace.of(new SpacesModule());
    private final TestCaller ann = space.member("ann", Role.EDITOR);
    private final TestCaller ben = space.member("ben", Role.EDITOR);

    static {
        SecretKeys.use(SecretKeys.of(List.of("test:" + "A".repeat(43) + "="), ""));
    }

    SpacesModuleTest() {
        ann.accepted("add_tree", new AddTree("root", true));
    }

    private static String move(long counter, String peer, String target, String parent) {
        String quoted = parent.equals("null") ? parent : "\"" + parent + "\"";
        return "{\"id\":{\"counter\":%d,\"peerId\":\"%s\"},\"targetId\":\"%s\",\"parentId\":%s}"
                .formatted(counter, peer, target, quoted);
    }

    private static String set(long counter, String peer, String target, String key, String value) {
        return "{\"id\":{\"counter\":%d,\"peerId\":\"%s\"},\"targetId\":\"%s\",\"key\":\"%s\",\"value\":%s,\"transient\":false}"
                .formatted(counter, peer, target, key, value);
    }

    private static AppendOps ops(String... ops) {
        return new AppendOps("root", new Json("[" + String.join(",", ops) + "]"), Optional.empty());
    }

    private static AppendOps as(String peer, String... ops) {
        return new AppendOps("root", ops(ops).ops(), Optional.of(peer));
    }

    private List<String> missing(String vector) {
        return ann.ask("missing_ops", new MissingOps("root", new Json(vector))).stream()
                .map(answer -> ((MissingOp) answer).op().text())
                .toList();
    }

    private void refused(String reason, String... ops) {
        assertEquals(reason, ann.refused("append_ops", ops(ops)).reason(), String.join(",", ops));
    }

    @Test
    void operations_areKeptAsTheyWereGivenInTheOrderInWhichTheyCame() {
        String unset = "{\"id\":{\"counter\":4,\"peerId\":\"p\"},\"targetId\":\"a\",\"key\":\"k\",\"transient\":false}";
        List<String> given = List.of(
                move(1, "p", "a", "null"),
                set(2, "p", "a", "name", "{\"b\":[1.50,null,\"ü\\n\"]}"),
                set(3, "p", "a", "name", "null"),
                unset,
                move(1, "q", "b", "a"));
        ann.accepted("append_ops", ops(given.toArray(String[]::new)));
        assertEquals(given, missing("{}"));
        assertEquals(5, space.find(SPACE, SpaceTables.THE_SPACE).orElseThrow().ops());
        assertEquals(4, space.find(TREES, "root").orElseThrow().maxCounter());
    }

    @Test
    void whatIsThereAlready_isPassedOver() {
        ann.accepted("append_ops", ops(move(1, "p", "a", "null"), set(2, "p", "a", "k", "1")));
        ben.accepted("append_ops", ops(set(2, "p", "a", "k", "1"), move(1, "p", "a", "null"), move(3, "p", "b", "a")));
        ben.accepted("append_ops", ops(move(3, "p", "b", "a"), move(3, "p", "b", "a")));
        assertEquals(
                List.of(1L, 2L, 3L),
                space.rows(OPS).stream().map(TreeOp::n).sorted().toList());
        assertEquals(3, space.find(TREES, "root").orElseThrow().ops());
    }

    @Test
    void anId_standsForOneOperation() {
        ann.accepted("append_ops", ops(move(1, "p", "a", "null")));
        refused("op_conflict", move(2, "p", "b", "a"), move(1, "p", "a", "b"));
        refused("op_conflict", set(1, "p", "a", "k", "1"));
        refused("op_conflict", set(7, "p", "a", "k", "1"), set(7, "p", "a", "k", "2"));
        assertEquals(1, space.rows(OPS).size(), "V1: nothing of a refused batch is there");
        ann.accepted("add_tree", new AddTree("other", false));
        ann.accepted(
                "append_ops",
                new AppendOps("other", ops(move(1, "p", "z", "null")).ops(), Optional.empty()));
    }

    @Test
    void gapsCyclesAndStrangersAsParents_areNoMistakes() {
        ann.accepted("append_ops", ops(move(5, "p", "b", "not there yet"), set(900, "p", "nobody", "k", "1")));
        ann.accepted("append_ops", ops(move(901, "p", "a", "b"), move(902, "p", "b", "a"), move(903, "p", "a", "a")));
        assertEquals(5, space.rows(OPS).size());
    }

    @Test
    void V3_whatReptreeWouldNotMake_isRefusedWithAReason() {
        String id = "\"id\":{\"counter\":1,\"peerId\":\"p\"}";
        for (String bad : List.of(
                "7",
                "{}",
                "{" + id + "}",
                "{" + id + ",\"targetId\":\"a\"}",
                "{\"targetId\":\"a\",\"parentId\":null}",
                "{\"id\":7,\"targetId\":\"a\",\"parentId\":null}",
                "{\"id\":{\"peerId\":\"p\"},\"targetId\":\"a\",\"parentId\":null}",
                "{\"id\":{\"counter\":1,\"peerId\":\"p\",\"x\":1},\"targetId\":\"a\",\"parentId\":null}",
                "{" + id + ",\"targetId\":7,\"parentId\":null}",
                "{" + id + ",\"targetId\":\"a\",\"parentId\":7}",
                "{" + id + ",\"targetId\":\"a\",\"parentId\":null,\"key\":\"k\"}",
                "{" + id + ",\"targetId\":\"a\",\"parentId\":null,\"value\":1}",
                "{" + id + ",\"targetId\":\"a\",\"key\":\"k\",\"value\":1,\"transient\":0}",
                "{" + id + ",\"targetId\":\"a\",\"parentId\":null,\"more\":1}")) {
            refused("bad_op", bad);
        }
        refused("transient_op", set(1, "p", "a", "k", "1").replace("false", "true"));
        for (String counter : List.of("0", "-1", "1.5", "9007199254740992", "99999999999999999999", "\"1\"")) {
            refused("bad_counter", move(1, "p", "a", "null").replace(":1,", ":" + counter + ","));
        }
        for (String peer : List.of("", "a@b", "ä", "a b", "-a", "x".repeat(129))) {
            refused("bad_peer", move(1, peer, "a", "null"));
        }
        refused("bad_id", move(1, "p", "", "null"));
        refused("bad_id", move(1, "p", "a", "x".repeat(129)));
        refused("bad_key", set(1, "p", "a", "x".repeat(257), "1"));
        refused("value_too_large", set(1, "p", "a", "k", "\"" + "x".repeat(64 << 10) + "\""));
        refused("counter_ahead", move(Appending.MAX_AHEAD + 1, "p", "a", "null"));
        String[] many = new String[OpReader.MAX_OPS + 1];
        java.util.Arrays.setAll(many, i -> move(i + 1, "p", "a", "null"));
        refused("too_many_ops", many);
        assertEquals(
                "bad_op",
                ann.refused("append_ops", new AppendOps("root", new Json("{}"), Optional.empty()))
                        .reason());
        assertEquals(0, space.rows(OPS).size());
    }

    @Test
    void aClock_mayBeFarAheadInSteps() {
        ann.accepted(
                "append_ops",
                ops(move(Appending.MAX_AHEAD, "p", "a", "null"), move(2 * Appending.MAX_AHEAD, "p", "b", "a")));
        refused("counter_ahead", move(3 * Appending.MAX_AHEAD + 1, "p", "c", "a"));
    }

    @Test
    void aPeer_isWhoseWhoClaimsItFirst() {
        ann.accepted("append_ops", as("p", move(1, "p", "a", "null")));
        assertEquals(
                "peer_taken",
                ben.refused("append_ops", ops(move(2, "p", "b", "a"))).reason());
        assertEquals("peer_taken", ben.refused("append_ops", as("p")).reason());
        ben.accepted("append_ops", as("q", move(1, "p", "a", "null"), move(2, "q", "b", "a")));
        ben.accepted("append_ops", ops(move(7, "nobody", "c", "a")));
        ann.accepted("append_ops", ops(move(8, "nobody", "d", "a"), move(2, "p", "e", "a")));
        assertEquals(
                "peer_taken",
                ann.refused("append_ops", ops(move(9, "q", "f", "a"))).reason());
        assertEquals(2, space.rows(PEERS).size());
        assertEquals("bad_peer", ann.refused("append_ops", as("a@b")).reason());
    }

    @Test
    void trees_areAddedOnceAndOneIsTheRoot() {
        ben.accepted("add_tree", new AddTree("app", false));
        ben.accepted("add_tree", new AddTree("app", false));
        ben.accepted("add_tree", new AddTree("root", true));
        assertEquals(
                "root_exists", ben.refused("add_tree", new AddTree("app", true)).reason());
        assertEquals("bad_id", ben.refused("add_tree", new AddTree("", false)).reason());
        assertEquals(2, space.rows(TREES).size());
        assertEquals(
                Optional.of("root"),
                space.find(SPACE, SpaceTables.THE_SPACE).orElseThrow().rootTreeId());
        var unknown = new AppendOps("nowhere", new Json("[]"), Optional.empty());
        assertEquals("tree_missing", ben.refused("append_ops", unknown).reason());
        assertEquals(
                ErrorCode.FORBIDDEN,
                space.member("vic", Role.VIEWER).refused("append_ops", ops()).code());
    }

    @Test
    void Q1_whatAStateVectorHasNot_isMissing() {
        String[] all = {
            move(1, "p", "a", "null"),
            move(2, "p", "b", "a"),
            move(4, "p", "c", "a"),
            move(3, "q", "d", "a"),
            move(9, "q", "e", "a")
        };
        ann.accepted("append_ops", ops(all));
        assertEquals(List.of(all), missing("{\"z\":[[1,99]]}"));
        assertEquals(List.of(all[1], all[3]), missing("{\"p\":[[1,1],[4,4]],\"q\":[[9,12]]}"));
        assertEquals(List.of(all[3], all[4]), missing("{\"p\":[[1,1],[1,8]],\"q\":[[1,2],[4,8]]}"));
        assertEquals(List.of(), missing("{\"q\":[[1,9]],\"p\":[[1,4]]}"));
        assertEquals(
                List.of(new PeerRanges("p", new Json("[[1,2],[4,4]]")), new PeerRanges("q", new Json("[[3,3],[9,9]]"))),
                ann.ask("tree_vector", new TreeVector("root")));
        for (String bad : List.of(
                "[]",
                "7",
                "{\"p\":7}",
                "{\"p\":[7]}",
                "{\"p\":[[1]]}",
                "{\"p\":[[1,2,3]]}",
                "{\"p\":[[1,\"2\"]]}",
                "{\"p\":[[1,2.5]]}")) {
            assertEquals("bad_vector", reason(bad), bad);
        }
        var nowhere = new MissingOps("nowhere", new Json("{}"));
        assertEquals(
                "tree_missing",
                assertThrows(Rejection.class, () -> ann.ask("missing_ops", nowhere))
                        .refusal()
                        .reason());
    }

    private String reason(String vector) {
        return assertThrows(Rejection.class, () -> missing(vector)).refusal().reason();
    }

    @Test
    void M2_secretsAreForMembers() {
        var given = new SaveSecrets(List.of(new GivenSecret("openai", "sk-1"), new GivenSecret("other", "2")));
        ann.accepted("save_secrets", given);
        ben.accepted("save_secrets", new SaveSecrets(List.of(new GivenSecret("openai", "sk-2"))));
        space.accepted(Membership.SET_ACCESS, new Membership.SetAccess(Access.PUBLIC_WRITE));
        TestCaller guest = space.as("guest");
        assertEquals(Role.EDITOR, guest.role());
        assertEquals(List.of(), guest.sees(SECRETS));
        assertEquals("not_a_member", guest.refused("save_secrets", given).reason());
        assertEquals(
                "not_a_member",
                guest.refused("delete_secret", new DeleteSecret("other")).reason());
        assertEquals(1, guest.sees(TREES).size());
        Map<String, String> seen = space.member("vic", Role.VIEWER).sees(SECRETS).stream()
                .collect(java.util.stream.Collectors.toMap(SecretEntry::key, SecretEntry::value));
        assertEquals(Map.of("openai", "sk-2", "other", "2"), seen);
        ann.accepted("delete_secret", new DeleteSecret("other"));
        assertEquals(
                "secret_missing",
                ann.refused("delete_secret", new DeleteSecret("other")).reason());
        for (var bad : List.of(
                new GivenSecret("", "x"),
                new GivenSecret("k".repeat(257), "x"),
                new GivenSecret("k", "x".repeat((16 << 10) + 1)))) {
            assertEquals(
                    "bad_secret",
                    ann.refused("save_secrets", new SaveSecrets(List.of(bad))).reason());
        }
    }
}
