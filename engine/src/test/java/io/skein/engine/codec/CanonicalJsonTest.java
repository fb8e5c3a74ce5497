package io.skein.engine.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.engine.schema.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The published vectors were made by another program, in JavaScript; the client library is held to them too. */
class CanonicalJsonTest {
    private static final Path VECTORS = Path.of("..", "docs", "payload-vectors.json");

    private static String get(Map<String, String> vector, String name) {
        return Objects.requireNonNull(vector.get(name));
    }

    /** The flat objects of one list in the file. */
    private static List<Map<String, String>> vectors(String list) throws IOException {
        var found = new ArrayList<Map<String, String>>();
        try (var in = new JsonFactory().createParser(VECTORS.toFile())) {
            while (!(in.nextToken() == JsonToken.START_ARRAY && list.equals(in.currentName()))) {
                assertTrue(in.hasCurrentToken(), "no list " + list);
            }
            while (in.nextToken() != JsonToken.END_ARRAY) {
                var vector = new HashMap<String, String>();
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    String name = in.currentName();
                    vector.put(name, in.nextTextValue());
                }
                found.add(vector);
            }
        }
        return found;
    }

    @Test
    void T2_vectors_haveTheirTextAndTheirHash() throws IOException {
        List<Map<String, String>> accepted = vectors("accepted");
        assertTrue(accepted.size() >= 14);
        for (Map<String, String> vector : accepted) {
            Json canonical = CanonicalJson.of(Json.parse(get(vector, "json")));
            assertEquals(get(vector, "canonical"), canonical.text(), get(vector, "name"));
            assertEquals(get(vector, "sha256"), CanonicalJson.sha256(canonical), get(vector, "name"));
            assertEquals(canonical, CanonicalJson.of(canonical), "a canonical text is its own: " + get(vector, "name"));
        }
    }

    @Test
    void T2_whatHasNoOneText_isRefused() throws IOException {
        List<Map<String, String>> refused = vectors("refused");
        assertTrue(refused.size() >= 13);
        for (Map<String, String> vector : refused) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> CanonicalJson.of(Json.parse(get(vector, "json"))),
                    get(vector, "name"));
            if (!get(vector, "name").startsWith("two values")) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> CanonicalJson.of(new Json(get(vector, "json"))),
                        get(vector, "name") + ", without a parser before it");
            }
        }
    }

    /** RFC 8785, appendix B: bits of a double, and its text. */
    @Test
    void T2_numbers_areWrittenAsTheRfcSays() {
        var samples = new HashMap<Long, String>();
        samples.put(0x0000000000000000L, "0");
        samples.put(0x8000000000000000L, "0");
        samples.put(0x0000000000000001L, "5e-324");
        samples.put(0x8000000000000001L, "-5e-324");
        samples.put(0x7fefffffffffffffL, "1.7976931348623157e+308");
        samples.put(0xffefffffffffffffL, "-1.7976931348623157e+308");
        samples.put(0x4340000000000000L, "9007199254740992");
        samples.put(0xc340000000000000L, "-9007199254740992");
        samples.put(0x4430000000000000L, "295147905179352830000");
        samples.put(0x44b52d02c7e14af5L, "9.999999999999997e+22");
        samples.put(0x44b52d02c7e14af6L, "1e+23");
        samples.put(0x44b52d02c7e14af7L, "1.0000000000000001e+23");
        samples.put(0x444b1ae4d6e2ef4eL, "999999999999999700000");
        samples.put(0x444b1ae4d6e2ef4fL, "999999999999999900000");
        samples.put(0x444b1ae4d6e2ef50L, "1e+21");
        samples.put(0x3eb0c6f7a0b5ed8cL, "9.999999999999997e-7");
        samples.put(0x3eb0c6f7a0b5ed8dL, "0.000001");
        samples.put(0x41b3de4355555553L, "333333333.3333332");
        samples.put(0x41b3de4355555554L, "333333333.33333325");
        samples.put(0x41b3de4355555555L, "333333333.3333333");
        samples.put(0x41b3de4355555556L, "333333333.3333334");
        samples.put(0x41b3de4355555557L, "333333333.33333343");
        samples.put(0xbecbf647612f3696L, "-0.0000033333333333333333");
        samples.put(0x43143ff3c1cb0959L, "1424953923781206.2");
        samples.forEach((bits, text) ->
                assertEquals(text, CanonicalJson.number(Double.longBitsToDouble(bits)), Long.toHexString(bits)));
    }

    @Property
    void T2_aNumber_isReadBackFromItsText(@ForAll long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.isFinite(value)) {
            assertEquals(value == 0 ? 0.0 : value, Double.parseDouble(CanonicalJson.number(value)));
        }
    }
}
