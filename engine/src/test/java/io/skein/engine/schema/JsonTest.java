package io.skein.engine.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void parse_leavesOutWhiteSpaceAndNothingElse() {
        assertEquals(
                "{\"b\":[1,true,null,\"ä \\\" \"],\"a\":{}}",
                Json.parse(" { \"b\" : [ 1 , true,null, \"\\u00e4 \\\" \" ] ,\n\"a\":{ } } ")
                        .text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "-1E-7",
                "0.10",
                "1.0",
                "0.1000000000000000055511151231257827",
                "123456789012345678901234567890"
            })
    void parse_keepsNumbersAsTheyAreWritten(String number) {
        assertEquals(number, Json.parse(number).text());
        assertEquals(
                "{\"n\":[" + number + "]}",
                Json.parse("{\"n\": [" + number + "]}").text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1,]", "{\"a\":1,\"a\":2}", "1 2", "NaN", "01", "'a'", "[1]]", "\"a\nb\""})
    void parse_refusesWhatIsNotOneJsonValue(String text) {
        assertThrows(IllegalArgumentException.class, () -> Json.parse(text));
    }

    @Test
    void parse_boundsNesting() {
        String deep = "[".repeat(Json.MAX_NESTING) + "]".repeat(Json.MAX_NESTING);
        assertEquals(deep, Json.parse(deep).text());
        assertThrows(IllegalArgumentException.class, () -> Json.parse("[" + deep + "]"));
        String tooDeep = "[".repeat(10_000);
        var e = assertThrows(IllegalArgumentException.class, () -> Json.parse(tooDeep));
        assertTrue(String.valueOf(e.getMessage()).contains("depth"), e.toString());
    }
}
