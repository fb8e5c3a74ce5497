package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames as the client and the server of Colyseus 0.18 wrote them. */
class ColyseusWireTest {
    private static final Seat SEAT = new Seat(0, 3, "room-0", URI.create("ws://127.0.0.1:1/"), null, null);

    private final ColyseusWire wire = new ColyseusWire();
    private final List<String> heard = new ArrayList<>();

    @Test
    void writesWhatTheLibraryWrites() {
        ByteBuf out = Unpooled.buffer();
        wire.writeUpdate(SEAT, 1, "x".repeat(40).getBytes(US_ASCII), out);
        assertEquals(
                "0da6757064617465d4724092a26964a474657874a46d332d31d928" + "78".repeat(40), ByteBufUtil.hexDump(out));
        out.clear();
        wire.writeUpdate(SEAT, 3, "x".repeat(300).getBytes(US_ASCII), out);
        assertEquals(
                "0da6757064617465d4724092a26964a474657874a46d332d33da012c" + "78".repeat(300),
                ByteBufUtil.hexDump(out));
    }

    @ParameterizedTest
    @CsvSource({
        "7f, 127",
        "cc80, 128",
        "cdffff, 65535",
        "ce00010000, 65536",
        "ceffffffff, 4294967295",
        "cb41f0000000000000, 4294967296"
    })
    void theAuthorsOwnUpdateIsItsAcknowledgement(String form, long seq) throws IOException {
        read("0da6757064617465de0003a3736571" + form + "a26964a46d332d31a474657874d928" + "78".repeat(40));
        assertEquals(List.of("update " + seq + " 3 1", "acknowledged 1 " + seq), heard);
    }

    @Test
    void whoIsLetInSaysSo() throws IOException {
        read("0a0941424344454647484904" + "6e6f6e6500");
        assertEquals(List.of("answer 0a", "joined 0"), heard);
    }

    @Test
    void whatNobodySaysIsAnError() {
        assertThrows(IOException.class, () -> read("0da46e657773de0000"));
        assertThrows(IOException.class, () -> read("0da675706461746593"));
        assertThrows(IOException.class, () -> read("0f00"));
    }

    private void read(String hex) throws IOException {
        byte[] frame = ByteBufUtil.decodeHexDump(hex);
        wire.read(SEAT, frame, frame.length, new Heard() {
            @Override
            public void joined(long seq) {
                heard.add("joined " + seq);
            }

            @Override
            public void update(long seq, int author, long number) {
                heard.add("update " + seq + " " + author + " " + number);
            }

            @Override
            public void acknowledged(long number, long seq) {
                heard.add("acknowledged " + number + " " + seq);
            }

            @Override
            public void refused(long number, String code, int retryAfterMillis) {
                heard.add("refused " + number);
            }

            @Override
            public void answer(byte[] frame) {
                heard.add("answer " + ByteBufUtil.hexDump(frame));
            }

            @Override
            public void ended(String why) {
                heard.add("ended " + why);
            }
        });
    }
}
