package io.skein.engine.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.schema.Default;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A value has exactly one form, and whatever else the bytes are is refused as corrupt. */
class ValueCodecTest {
    enum Color {
        RED,
        GREEN
    }

    record Whole(int number) {}

    record Flag(boolean set) {}

    record Text(String text) {}

    record Painted(Color color) {}

    record Moment(Instant at) {}

    record Listed(List<String> texts) {}

    record Old(@Key String id) {}

    record New(@Key String id, @Default("7") int added, Optional<String> more) {}

    record Strict(String id) {
        Strict {
            Objects.requireNonNull(id);
            if (id.isEmpty()) {
                throw new IllegalStateException("an id has characters");
            }
        }
    }

    private static byte[] row(Record row) {
        var out = new ByteWriter(16);
        ValueCodec.writeRow(out, Shape.of(row.getClass()), row);
        return out.toArray();
    }

    private static <R> R read(Class<R> type, byte... bytes) {
        var in = new ByteReader(bytes);
        R row = ValueCodec.readRow(in, Shape.of(type));
        in.requireEnd();
        return row;
    }

    private static void corrupt(Class<?> type, String hex, String... words) {
        var e = assertThrows(
                CorruptException.class, () -> read(type, HexFormat.of().parseHex(hex)));
        for (String word : words) {
            assertTrue(String.valueOf(e.getMessage()).contains(word), e.toString());
        }
    }

    @Test
    void columnsThatWereAdded_getTheirFallback() {
        assertEquals(new New("a", 7, Optional.empty()), read(New.class, row(new Old("a"))));
    }

    @Test
    void moreColumnsThanTheModuleKnows_areCorrupt() {
        byte[] bytes = row(new New("a", 1, Optional.of("b")));
        assertThrows(CorruptException.class, () -> read(Old.class, bytes));
    }

    @Test
    void numbersOutOfRange_areCorrupt() {
        corrupt(Whole.class, "0c01" + "03" + "8080808010", "number"); // 2^31
        corrupt(Whole.class, "0c01" + "03" + "80808080808080808002"); // 65 bits
        corrupt(Whole.class, "0c01" + "03" + "8000", "number"); // 0 in two bytes
        assertEquals(new Whole(Integer.MIN_VALUE), read(Whole.class, row(new Whole(Integer.MIN_VALUE))));
    }

    @Test
    void unknownConstants_areCorrupt() {
        corrupt(Painted.class, "0c01" + "09" + "0442" + "4c5545", "color", "RED");
    }

    @Test
    void otherTags_areCorrupt() {
        corrupt(Flag.class, "0c01" + "03", "set");
        corrupt(Flag.class, "0b01" + "01");
        corrupt(Text.class, "0c01" + "0a" + "00");
        corrupt(Whole.class, "0c01" + "ff" + "00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "c080", "eda080", "f4908080", "c3", "e282", "61ff62"})
    void stringsThatAreNoUtf8_areCorrupt(String hex) {
        String length = HexFormat.of().toHexDigits((byte) (hex.length() / 2));
        corrupt(Text.class, "0c01" + "05" + length + hex, "text", "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\uFFFD", "ä", "\u0000", "\uD83D\uDE00", "\u007F\u0080\u07FF\u0800\uFFFF"})
    void strings_roundTrip(String text) {
        assertEquals(new Text(text), read(Text.class, row(new Text(text))));
        String longer = text.repeat(200);
        assertEquals(new Text(longer), read(Text.class, row(new Text(longer))));
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = row(new Text(text));
        assertArrayEquals(utf8, Arrays.copyOfRange(bytes, bytes.length - utf8.length, bytes.length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD800", "a\uDC00", "\uDC00\uD800", "\uD83Da"})
    void loneSurrogates_areRefusedWithTheColumnsName(String text) {
        for (String each : List.of(text, "x".repeat(300) + text)) {
            var e = assertThrows(IllegalArgumentException.class, () -> row(new Text(each)));
            assertTrue(String.valueOf(e.getMessage()).startsWith("text: lone surrogate"), e.toString());
        }
    }

    @Test
    void countsBeyondTheBytes_areCorruptAndAllocateNothing() {
        corrupt(Listed.class, "0c01" + "0b" + "ffffffff7f", "count");
        corrupt(Text.class, "0c01" + "05" + "ffffffffffffffff7f", "count");
        corrupt(Text.class, "0c" + "ffffffffffffffffff01", "count");
    }

    @Test
    void instants_fillTheirRange() {
        for (long micros : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1_000_001, -1, 0, 1, Long.MAX_VALUE}) {
            assertEquals(micros, ValueCodec.toMicros(ValueCodec.fromMicros(micros)));
        }
    }

    @ParameterizedTest
    @CsvSource({"+1000000000-12-31T23:59:59Z", "-1000000000-01-01T00:00:00Z", "+294247-01-10T04:00:55Z"})
    void instantsBeyondTheirRange_areRefusedWithTheColumnsName(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> row(new Moment(Instant.parse(text))));
        assertTrue(String.valueOf(e.getMessage()).startsWith("at: "), e.toString());
    }

    @Test
    void rowsThatTheirConstructorRefuses_areCorrupt() {
        corrupt(Strict.class, "0c01" + "05" + "00", "constructor of Strict");
    }
}
