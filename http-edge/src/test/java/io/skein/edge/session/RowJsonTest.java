package io.skein.edge.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Unsigned;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers without a sign as JSON: never negative, and exact beyond what a double holds. */
class RowJsonTest {
    record Meter(
            @Key @Unsigned int id,
            @Unsigned long total,
            @Unsigned Optional<Integer> peak,
            @Unsigned List<Long> counts) {}

    private static final Shape<Meter> SHAPE = Shape.of(Meter.class);

    private static String written(Meter meter) {
        return new String(Json.DEFAULT.write(out -> RowJson.writeRow(out, SHAPE, meter)), UTF_8);
    }

    private static Meter read(String json) throws BadJson {
        return Json.DEFAULT.read(json.getBytes(UTF_8), in -> RowJson.readRow(in, SHAPE));
    }

    @Test
    void unsignedNumbers_areWrittenWithoutASign() throws BadJson {
        var meter = new Meter(-1, -1L, Optional.of(Integer.MIN_VALUE), List.of(7L, 1L << 53, Long.MIN_VALUE));
        String json = "{\"id\":4294967295,\"total\":\"18446744073709551615\",\"peak\":2147483648,"
                + "\"counts\":[7,\"9007199254740992\",\"9223372036854775808\"]}";
        assertEquals(json, written(meter));
        assertEquals(meter, read(json));
        assertEquals(meter, read(json.replace("\"18446744073709551615\"", "18446744073709551615")));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808"})
    void ulongs_areReadAsNumbersAndAsStrings(String digits) throws BadJson {
        long total = Long.parseUnsignedLong(digits);
        assertEquals(total, read("{\"id\":1,\"total\":" + digits + "}").total());
        assertEquals(total, read("{\"id\":1,\"total\":\"" + digits + "\"}").total());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":-1,\"total\":1}",
                "{\"id\":4294967296,\"total\":1}",
                "{\"id\":\"1\",\"total\":1}",
                "{\"id\":1.0,\"total\":1}",
                "{\"id\":1,\"total\":-1}",
                "{\"id\":1,\"total\":\"-1\"}",
                "{\"id\":1,\"total\":18446744073709551616}",
                "{\"id\":1,\"total\":\"18446744073709551616\"}",
                "{\"id\":1,\"total\":1e3}",
                "{\"id\":1,\"total\":1,\"peak\":-1}",
                "{\"id\":1,\"total\":1,\"counts\":[-1]}"
            })
    void V3_numbers_out_of_range_are_refused(String json) {
        assertThrows(BadJson.class, () -> read(json));
    }
}
