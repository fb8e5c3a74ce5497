package io.skein.edge.spacetime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Unsigned;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The encoding of values: vectors by hand, and any row there and back. */
class BsatnTest {
    enum Color {
        RED,
        GREEN
    }

    record Point(int x, double y) {}

    record Everything(
            boolean flag,
            int number,
            long big,
            double real,
            String text,
            Bytes raw,
            Identity who,
            Instant at,
            Color color,
            Json json,
            Optional<String> label,
            Optional<Point> maybePoint,
            List<Integer> numbers,
            List<Point> points,
            Optional<List<Color>> colors,
            Point point) {}

    record Fixed(int x, boolean flag, Color color, Identity who) {}

    private static final Bsatn EVERYTHING = Bsatn.of(Shape.of(Everything.class));

    private static String hex(Bsatn type, Object value) {
        var out = new BsatnWriter(1);
        type.write(out, value);
        return HexFormat.of().formatHex(out.toArray());
    }

    private static <R extends Record> String hex(R row) {
        return hex(Bsatn.of(Shape.of(row.getClass())), row);
    }

    record OneBool(boolean v) {}

    record OneInt(int v) {}

    record OneLong(long v) {}

    record OneUint(@Unsigned int v) {}

    record OneUlong(@Unsigned long v) {}

    record OneDouble(double v) {}

    record OneString(String v) {}

    record OneBytes(Bytes v) {}

    record OneInstant(Instant v) {}

    record OneIdentity(Identity v) {}

    record OneColor(Color v) {}

    record OneMaybe(Optional<Integer> v) {}

    record OneList(List<Integer> v) {}

    record Empty() {}

    @Test
    void valuesLookAsTheSpecificationSays() {
        assertEquals("01", hex(new OneBool(true)));
        assertEquals("feffffff", hex(new OneInt(-2)));
        assertEquals("0100000000000080", hex(new OneLong(Long.MIN_VALUE + 1)));
        assertEquals("feffffff", hex(new OneUint(-2)));
        assertEquals("feffffffffffffff", hex(new OneUlong(-2)));
        assertEquals("000000000000f83f", hex(new OneDouble(1.5)));
        assertEquals("03000000c3a462", hex(new OneString("äb")));
        assertEquals("0200000001ff", hex(new OneBytes(Bytes.of((byte) 1, (byte) -1))));
        assertEquals("00401e18240a0600", hex(new OneInstant(Instant.parse("2023-11-14T22:13:20Z"))));
        assertEquals("01", hex(new OneColor(Color.GREEN)));
        assertEquals("0007000000", hex(new OneMaybe(Optional.of(7))));
        assertEquals("01", hex(new OneMaybe(Optional.empty())));
        assertEquals("020000000100000002000000", hex(new OneList(List.of(1, 2))));
        assertEquals("", hex(new Empty()));
        assertEquals("ab".repeat(30) + "00c2", hex(new OneIdentity(Identity.parse("c200" + "ab".repeat(30)))));
        assertEquals(
                IntStream.rangeClosed(1, 32).mapToObj("%02x"::formatted).reduce("", (all, byt) -> byt + all),
                hex(new OneIdentity(Identity.parse(
                        IntStream.rangeClosed(1, 32).mapToObj("%02x"::formatted).reduce("", String::concat)))));
    }

    @Test
    void anyRowComesBackAsItWas() throws BsatnException {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Everything row = everything(random);
            var out = new BsatnWriter(8);
            EVERYTHING.write(out, row);
            var in = new BsatnReader(out.toArray());
            assertEquals(row, EVERYTHING.read(in));
            assertTrue(in.isAtEnd());
            assertTrue(out.size() >= EVERYTHING.minBytes());
        }
    }

    @Test
    void V3_noBytesAreReadAsMoreThanTheyAre() {
        var random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
            var out = new BsatnWriter(8);
            EVERYTHING.write(out, everything(random));
            byte[] bytes = out.toArray();
            byte[] cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            assertThrows(BsatnException.class, () -> EVERYTHING.read(new BsatnReader(cut)));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            readOrRefuse(bytes);
            random.nextBytes(bytes);
            readOrRefuse(bytes);
        }
    }

    /** Bad bytes are a {@link BsatnException}, whatever they are. */
    private static void readOrRefuse(byte[] bytes) {
        try {
            assertTrue(EVERYTHING.read(new BsatnReader(bytes)) instanceof Everything);
        } catch (BsatnException refused) {
            assertTrue(!String.valueOf(refused.getMessage()).isEmpty());
        }
    }

    @Test
    void rowsOfOneSizeSaySo_andOthersWhereTheyBegin() {
        Bsatn fixed = Bsatn.of(Shape.of(Fixed.class));
        assertEquals(38, fixed.minBytes());
        var list = new RowList(fixed, 1);
        list.add(new Fixed(1, true, Color.RED, Identity.SYSTEM));
        list.add(new Fixed(2, true, Color.RED, Identity.SYSTEM));
        var out = new BsatnWriter(8);
        list.writeTo(out);
        assertTrue(HexFormat.of().formatHex(out.toArray()).startsWith("00" + "2600" + "4c000000" + "01000000"));

        var texts = new RowList(Bsatn.of(Shape.of(OneString.class)), 0);
        texts.add(new OneString("ab"));
        texts.add(new OneString(""));
        var offsets = new BsatnWriter(8);
        texts.writeTo(offsets);
        assertEquals(
                "01" + "02000000" + "0000000000000000" + "0600000000000000" + "0a000000" + "020000006162" + "00000000",
                HexFormat.of().formatHex(offsets.toArray()));
    }

    private static Everything everything(Random random) {
        var point = new Point(random.nextInt(), random.nextGaussian());
        byte[] raw = new byte[random.nextInt(20)];
        random.nextBytes(raw);
        return new Everything(
                random.nextBoolean(),
                random.nextInt(),
                random.nextLong(),
                random.nextGaussian(),
                text(random),
                Bytes.of(raw),
                new Identity(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()),
                Instant.EPOCH.plusSeconds(random.nextInt()).plusNanos(1_000L * random.nextInt(1_000_000)),
                color(random),
                Json.parse("{\"n\":" + random.nextInt() + "}"),
                random.nextBoolean() ? Optional.of(text(random)) : Optional.empty(),
                random.nextBoolean() ? Optional.of(point) : Optional.empty(),
                random.ints(random.nextInt(4)).boxed().toList(),
                random.nextBoolean() ? List.of(point, point) : List.of(),
                random.nextBoolean() ? Optional.of(List.of(color(random))) : Optional.empty(),
                point);
    }

    private static Color color(Random random) {
        return random.nextBoolean() ? Color.RED : Color.GREEN;
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            text.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0x1F600 + random.nextInt(50));
        }
        return text.toString();
    }
}
