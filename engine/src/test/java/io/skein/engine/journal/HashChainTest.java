package io.skein.engine.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.module.Role;
import io.skein.engine.state.Committed;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.board.BoardModule;
import io.skein.modules.board.BoardModule.AddCard;
import io.skein.modules.board.BoardModule.AddRemark;
import io.skein.modules.board.BoardModule.MoveCard;
import io.skein.modules.board.BoardModule.NudgeCard;
import io.skein.modules.board.BoardModule.RemoveCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rule H1. */
class HashChainTest {
    private static final Path VECTORS = Path.of("..", "docs", "hash-vectors.json");
    private static final HexFormat HEX = HexFormat.of();

    private static TestWorkspace board() {
        var board = TestWorkspace.of(new BoardModule());
        board.owner().withKey("first").accepted("add_card", new AddCard("c1", "Kaffee \u2615", 0, 1.5));
        TestCaller ann = board.member("ann", Role.EDITOR);
        ann.accepted("move_card", new MoveCard("c1", 3, -0.25));
        ann.accepted("add_remark", new AddRemark("c1", "Two remarks that differ in time alone"));
        ann.accepted("nudge_card", new NudgeCard("c1"));
        board.accepted("remove_card", new RemoveCard("c1"));
        return board;
    }

    /** The published file is what the engine does; {@code -Dgolden.write=true} writes it. */
    @Test
    void H1_publishedVectors_areOurs() throws IOException {
        String text = vectors(board().history());
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(VECTORS, text);
        }
        assertEquals(Files.readString(VECTORS), text);
    }

    private static String vectors(List<Committed> history) {
        var entries = new ArrayList<String>();
        for (Committed committed : history) {
            var tx = committed.transaction();
            entries.add("""
                {
                  "seq": %d,
                  "time_micros": %d,
                  "sender": "%s",
                  "reducer": "%s",
                  "canonical": "%s",
                  "hash": "%s"
                }\
                """.formatted(
                            tx.seq(),
                            tx.timeMicros(),
                            tx.sender(),
                            tx.reducer(),
                            HEX.formatHex(committed.canonical()),
                            HEX.formatHex(committed.hash())));
        }
        return """
            {
              "about": "A small history of a workspace of module board. hash = SHA-256(hash before || canonical), in hex; before the first it is 32 zero bytes.",
              "transactions": [
            %s
              ]
            }
            """.formatted(String.join(",\n", entries).indent(4).stripTrailing());
    }

    /** Knows nothing but the sentence in the file. */
    @Test
    void H1_publishedVectors_followFromTheirBytesAlone() throws IOException, NoSuchAlgorithmException {
        var entry = Pattern.compile("\"canonical\": \"([0-9a-f]+)\",\\s+\"hash\": \"([0-9a-f]{64})\"");
        var entries = entry.matcher(Files.readString(VECTORS));
        byte[] hash = new byte[32];
        int found = 0;
        while (entries.find()) {
            hash = independentHash(hash, HEX.parseHex(entries.group(1)));
            assertEquals(entries.group(2), HEX.formatHex(hash));
            found++;
        }
        assertEquals(8, found);
    }

    private static byte[] independentHash(byte[] previous, byte[] bytes) throws NoSuchAlgorithmException {
        byte[] both = new byte[previous.length + bytes.length];
        System.arraycopy(previous, 0, both, 0, previous.length);
        System.arraycopy(bytes, 0, both, previous.length, bytes.length);
        return MessageDigest.getInstance("SHA-256").digest(both);
    }

    @Test
    void H1_chainGoesOnAfterARestart() throws NoSuchAlgorithmException {
        TestWorkspace board = board();
        byte[] before = board.state().hash();
        board.restart();
        assertArrayEquals(before, board.state().hash());
        board.accepted("add_card", new AddCard("c2", "After the restart", 0, 0));
        Committed last = board.history().getLast();
        assertArrayEquals(independentHash(before, last.canonical()), last.hash());
    }

    @Test
    void H1_refusedCallsLeaveTheChainAlone() {
        TestWorkspace board = board();
        byte[] before = board.state().hash();
        board.owner().withKey("k").refused("remove_card", new RemoveCard("c1"));
        assertArrayEquals(before, board.state().hash());
    }

    /** Whatever bit of whatever transaction is changed, replay says so. */
    @Test
    void H1_changedHistoryIsFound() {
        TestWorkspace board = board();
        var transactions = board.history().stream().map(Committed::canonical).toList();
        var group = new Group(
                "board",
                1,
                1,
                transactions,
                io.skein.engine.schema.Bytes.of(board.state().hash()),
                List.of());
        assertEquals(board.state().seq(), replay(board, group).seq());
        int tried = 0;
        for (int tx = 0; tx < transactions.size(); tx++) {
            for (int at = 0; at < transactions.get(tx).length; at += 3) {
                byte[] changed = transactions.get(tx).clone();
                changed[at] = (byte) (changed[at] ^ 1 << at % 8);
                var others = new ArrayList<>(transactions);
                others.set(tx, changed);
                var forged = new Group("board", 1, 1, others, group.hashAfter(), List.of());
                assertThrows(CorruptException.class, () -> replay(board, forged));
                tried++;
            }
        }
        assertTrue(tried > 100, tried + " changes");
    }

    private static WorkspaceState replay(TestWorkspace board, Group group) {
        var empty = WorkspaceState.empty(board.state().schema(), board.state().workspace(), 10);
        return GroupCodec.replay(empty, group, _ -> {});
    }
}
