package io.skein.engine.everything;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.Storable;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.everything.EverythingModule.Cell;
import io.skein.engine.everything.EverythingModule.Color;
import io.skein.engine.everything.EverythingModule.Meter;
import io.skein.engine.everything.EverythingModule.Point;
import io.skein.engine.everything.EverythingModule.Thing;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.ColumnType.Scalar;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every column type there and back. */
class ValuePropertiesTest {
    private static final Shape<Thing> THING = Shape.of(Thing.class);
    private static final Shape<Meter> METER = Shape.of(Meter.class);
    private static final Shape<Cell> CELL = Shape.of(Cell.class);

    @Provide
    Arbitrary<Thing> things() {
        Arbitrary<Point> points = Combinators.combine(
                        Arbitraries.integers(), doubles(), instants().optional())
                .as(Point::new);
        return Combinators.combine(Arbitraries.of(true, false), Arbitraries.integers(), Arbitraries.longs(), doubles())
                .flatAs((secret, number, big, real) -> Combinators.combine(
                                strings(), bytes(), instants(), identities(), Arbitraries.of(Color.class), jsons())
                        .flatAs((text, bytes, at, owner, color, json) -> Combinators.combine(
                                        strings().optional(),
                                        Arbitraries.integers().list().ofMaxSize(3),
                                        points.list().ofMaxSize(3),
                                        points,
                                        Arbitraries.of(Color.class)
                                                .list()
                                                .ofMaxSize(3)
                                                .optional())
                                .as((label, numbers, list, point, colors) -> new Thing(
                                        text, secret, number, big, real, text, bytes, at, owner, color, json, label,
                                        numbers, list, point, colors))));
    }

    private static Arbitrary<String> strings() {
        Arbitrary<Integer> codePoints = Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(each -> each < Character.MIN_SURROGATE || each > Character.MAX_SURROGATE);
        Arbitrary<Integer> ascii = Arbitraries.integers().between(0, 127);
        return Arbitraries.oneOf(ascii, codePoints).list().ofMaxSize(150).map(all -> {
            var text = new StringBuilder();
            all.forEach(text::appendCodePoint);
            return text.toString();
        });
    }

    private static Arbitrary<Double> doubles() {
        return Arbitraries.longs()
                .map(Double::longBitsToDouble)
                .filter(Double::isFinite)
                .edgeCases(edges -> edges.add(0.0, -0.0, Double.MIN_VALUE, -Double.MAX_VALUE));
    }

    /** Of microseconds: what a draft has settled. */
    private static Arbitrary<Instant> instants() {
        return Arbitraries.longs().map(ValueCodec::fromMicros);
    }

    private static Arbitrary<Identity> identities() {
        Arbitrary<Long> words = Arbitraries.longs();
        return Combinators.combine(words, words, words, words).as(Identity::new);
    }

    private static Arbitrary<Bytes> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(200).map(Bytes::of);
    }

    private static Arbitrary<Json> jsons() {
        return Arbitraries.of("null", "{\"a\":[1,2.50,{}]}", "\"ä\"", "1e400", "[]")
                .map(Json::parse);
    }

    @Property(tries = 200)
    void rows_roundTripInOneForm(@ForAll("things") Thing thing) {
        byte[] bytes = bytes(thing);
        var in = new ByteReader(bytes);
        Thing read = ValueCodec.readRow(in, THING);
        in.requireEnd();
        assertEquals(thing, read);
        assertEquals(thing.hashCode(), read.hashCode());
        assertArrayEquals(bytes, bytes(read));
        assertEquals(thing, THING.settled(thing));
        Storable.require(THING, thing);
    }

    private static byte[] bytes(Thing thing) {
        var out = new ByteWriter(16);
        ValueCodec.writeRow(out, THING, thing);
        return out.toArray();
    }

    @Property(tries = 200)
    void unsignedNumbers_roundTripInOneForm(
            @ForAll int id, @ForAll long total, @ForAll Optional<Integer> peak, @ForAll List<Long> counts) {
        var meter = new Meter(id, total, peak, counts);
        byte[] bytes = ByteWriter.collect(out -> ValueCodec.writeRow(out, METER, meter));
        var in = new ByteReader(bytes);
        Meter read = ValueCodec.readRow(in, METER);
        in.requireEnd();
        assertEquals(meter, read);
        assertArrayEquals(bytes, ByteWriter.collect(out -> ValueCodec.writeRow(out, METER, read)));
        assertArrayEquals(
                ByteWriter.collect(out -> ValueCodec.writeKey(out, METER, id)),
                ByteWriter.collect(out -> ValueCodec.writeKey(out, (Object) id)),
                "by its class, as calls send it to an owner on another node");
        Storable.require(METER, meter);
    }

    @Property(tries = 500)
    void unsignedNumbers_areOrderedAsSuch(
            @ForAll int left, @ForAll int right, @ForAll long longer, @ForAll long other) {
        assertEquals(
                Long.signum(Integer.toUnsignedLong(left) - Integer.toUnsignedLong(right)),
                Integer.signum(Scalar.UINT.order().orElseThrow().compare(left, right)));
        assertEquals(
                new BigInteger(Long.toUnsignedString(longer)).compareTo(new BigInteger(Long.toUnsignedString(other))),
                Integer.signum(Scalar.ULONG.order().orElseThrow().compare(longer, other)));
    }

    @Property(tries = 200)
    void keys_roundTrip(@ForAll int x, @ForAll("texts") String y) {
        var key = CELL.key(new Cell(x, y, ""));
        assertEquals(List.of(x, y), key);
        var out = new ByteWriter(16);
        ValueCodec.writeKey(out, CELL, key);
        assertEquals(key, ValueCodec.readKey(new ByteReader(out.toArray()), CELL));
    }

    @Provide
    Arbitrary<String> texts() {
        return strings();
    }

    @Property(tries = 500)
    void numbers_roundTrip(@ForAll long number) {
        var out = new ByteWriter(16);
        out.varint(number).zigzag(number).fixed64(number);
        var in = new ByteReader(out.toArray());
        assertEquals(number, in.varint());
        assertEquals(number, in.zigzag());
        assertEquals(number, in.fixed64());
        in.requireEnd();
    }
}
