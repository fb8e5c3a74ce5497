package io.skein.modules.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.rooms.RoomsModule.AppendUpdate;
import io.skein.modules.rooms.RoomsModule.RoomUpdate;
import io.skein.modules.rooms.yjs.Lib0Writer;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class RoomsModuleTest {
    private final TestWorkspace room = TestWorkspace.of(new RoomsModule());
    private final TestCaller ann = room.member("ann", Role.EDITOR);

    /** Client 7 types a letter behind those it has typed. */
    private static Bytes letter(int clock, char letter) {
        var out = new Lib0Writer();
        out.number(1).number(1).number(7).number(clock);
        if (clock == 0) {
            out.u8(4).number(1).string("t");
        } else {
            out.u8(0x84).number(7).number(clock - 1L);
        }
        return Bytes.of(out.string(String.valueOf(letter)).number(0).toArray());
    }

    private List<RoomUpdate> rows() {
        return room.rows(RoomsModule.UPDATES).stream()
                .sorted(Comparator.comparingLong(RoomUpdate::first))
                .toList();
    }

    @Test
    void updates_areKeptUnderTheNumberOfTheirTransaction() {
        ann.accepted(RoomsModule.APPEND, new AppendUpdate(letter(0, 'a')));
        ann.accepted(RoomsModule.APPEND, new AppendUpdate(letter(1, 'b')));
        List<RoomUpdate> rows = rows();
        assertEquals(
                List.of(letter(0, 'a'), letter(1, 'b')),
                rows.stream().map(RoomUpdate::data).toList());
        assertTrue(rows.stream().allMatch(row -> row.first() == row.last()));
        assertEquals(rows.getFirst().first() + 1, rows.getLast().first());
    }

    @Test
    void whatIsTypedLetterByLetter_becomesFewRowsThatSayTheSame() {
        var text = new StringBuilder();
        int most = 0;
        for (int i = 0; i < 2_000; i++) {
            char letter = (char) ('a' + ThreadLocalRandom.current().nextInt(26));
            text.append(letter);
            ann.accepted(RoomsModule.APPEND, new AppendUpdate(letter(i, letter)));
            most = Math.max(most, rows().size());
        }
        assertTrue(most <= RoomsModule.TIDY_EVERY + 8, "there were " + most + " rows");
        List<RoomUpdate> rows = rows();
        var whole = new Lib0Writer();
        whole.number(1).number(1).number(7).number(0).u8(4).number(1).string("t");
        assertEquals(
                Bytes.of(whole.string(text.toString()).number(0).toArray()),
                Bytes.of(RoomsModule.merged(rows).toBytes()));
        for (int i = 1; i < rows.size(); i++) {
            assertEquals(rows.get(i - 1).last() + 1, rows.get(i).first(), "rows follow each other");
        }
    }

    @Test
    void largeRows_areLeftAlone() {
        byte[] text = new byte[RoomsModule.MAX_TIDY_BYTES];
        java.util.Arrays.fill(text, (byte) 'x');
        var large = new Lib0Writer();
        large.number(1)
                .number(1)
                .number(9)
                .number(0)
                .u8(4)
                .number(1)
                .string("t")
                .byteArray(text)
                .number(0);
        Bytes update = Bytes.of(large.toArray());
        ann.accepted(RoomsModule.APPEND, new AppendUpdate(update));
        for (int i = 0; i < 3 * RoomsModule.TIDY_EVERY; i++) {
            ann.accepted(RoomsModule.APPEND, new AppendUpdate(letter(i, 'a')));
        }
        List<RoomUpdate> rows = rows();
        assertEquals(update, rows.getFirst().data());
        assertEquals(rows.getFirst().first(), rows.getFirst().last());
        assertTrue(rows.size() < RoomsModule.TIDY_EVERY + 4, "the others were made fewer: " + rows.size());
    }

    @Test
    void V1_whatIsNoUpdate_isRefusedAndChangesNothing() {
        for (byte[] bytes :
                List.of(new byte[0], new byte[] {1}, "garbage".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
            assertEquals(
                    "invalid_update",
                    ann.refused(RoomsModule.APPEND, new AppendUpdate(Bytes.of(bytes)))
                            .reason());
        }
        Bytes huge = Bytes.of(new byte[RoomsModule.MAX_UPDATE_BYTES + 1]);
        assertEquals(
                "update_too_large",
                ann.refused(RoomsModule.APPEND, new AppendUpdate(huge)).reason());
        assertEquals(List.of(), rows());
    }

    @Test
    void M1_whoMayOnlyRead_appendsNothing() {
        TestCaller ben = room.member("ben", Role.VIEWER);
        assertEquals(
                ErrorCode.FORBIDDEN,
                ben.refused(RoomsModule.APPEND, new AppendUpdate(letter(0, 'a')))
                        .code());
        assertEquals(List.of(), rows());
    }
}
