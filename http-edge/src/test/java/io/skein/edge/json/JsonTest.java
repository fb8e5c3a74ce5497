package io.skein.edge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.json.BadJson.Kind;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static JsonNode read(String json) throws BadJson {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode read(byte[] json) throws BadJson {
        return Json.DEFAULT.read(json, parser -> parser.readValueAsTree());
    }

    private static BadJson refused(byte[] json) {
        return assertThrows(BadJson.class, () -> read(json));
    }

    private static BadJson refused(String json) {
        return refused(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_document_is_read() throws BadJson {
        assertEquals(
                "ü🧶",
                read(" {\"a\":[1,2.5,true,null,\"ü\\ud83e\\uddf6\"]} ")
                        .at("/a/4")
                        .asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":}",
                "{\"a\" 1}",
                "{a:1}",
                "{'a':1}",
                "[01]",
                "[+1]",
                "[.5]",
                "[1.]",
                "nul",
                "NaN",
                "[NaN]",
                "[Infinity]",
                "[-Infinity]",
                "\"\t\"",
                "\"\\x\"",
                "/* a */ 1",
                "# a\n1",
                "[1 2]",
                "\"",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "{}]",
                "1 2",
                "{}x",
                "\"\\ud800\"",
                "{\"\\udc00\":1}",
                "[\"\\ud800\\ud800\"]",
                "\u0000",
                "\ufeff{}"
            })
    void V3_what_is_not_strict_JSON_is_refused(String json) {
        BadJson bad = refused(json);
        assertEquals(Kind.MALFORMED, bad.kind(), bad.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE", "ISO-8859-1"})
    void V3_other_encodings_are_refused(String charset) {
        assertEquals(
                Kind.MALFORMED,
                refused("[\"ü\"]".getBytes(Charset.forName(charset))).kind());
        if (!charset.startsWith("ISO")) {
            assertEquals(
                    Kind.MALFORMED,
                    refused("[1]".getBytes(Charset.forName(charset))).kind());
        }
    }

    @Test
    void V3_encoded_surrogates_are_refused() {
        byte[] json = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'};
        assertEquals("not UTF-8 at byte 1", refused(json).getMessage());
    }

    @Test
    void V3_ten_thousand_levels_are_too_many_and_64_are_not() throws BadJson {
        for (String open : List.of("[", "{\"a\":")) {
            String close = open.equals("[") ? "]" : "}";
            BadJson bad = refused(open.repeat(10_000) + "1" + close.repeat(10_000));
            assertEquals(Kind.TOO_LARGE, bad.kind());
            assertEquals("nested deeper than 64", bad.getMessage());
            read(open.repeat(64) + "1" + close.repeat(64));
            assertEquals(
                    Kind.TOO_LARGE,
                    refused(open.repeat(65) + "1" + close.repeat(65)).kind());
        }
        // Without any end, as an attacker would save the bytes.
        assertEquals(Kind.TOO_LARGE, refused("[".repeat(10_000)).kind());
    }

    @Test
    void V3_strings_names_and_numbers_have_a_longest() throws BadJson {
        Json json = new Json(new JsonLimits(64, 1000, 256, 100));
        assertEquals(1000, json.read(quoted("x".repeat(1000)), Members::string).length());
        assertTooLarge(json, quoted("x".repeat(100_000)), "a string longer than 1000");
        assertTooLarge(
                json,
                ("{" + quotedText("x".repeat(100_000)) + ":1}").getBytes(StandardCharsets.UTF_8),
                "a member name longer than 256");
        assertTooLarge(json, "1".repeat(101).getBytes(StandardCharsets.UTF_8), "a number longer than 100");
        assertTooLarge(json, ("0." + "1".repeat(100)).getBytes(StandardCharsets.UTF_8), "a number longer than 100");
    }

    private static void assertTooLarge(Json json, byte[] bytes, String message) {
        BadJson bad = assertThrows(BadJson.class, () -> json.read(bytes, parser -> parser.readValueAsTree()));
        assertEquals(Kind.TOO_LARGE, bad.kind());
        assertEquals(message, bad.getMessage());
    }

    private static String quotedText(String text) {
        return '"' + text + '"';
    }

    private static byte[] quoted(String text) {
        return quotedText(text).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_refusal_says_where() {
        String message = String.valueOf(refused("{\"a\":1,\n \"b\":x}").getMessage());
        assertTrue(message.endsWith("at line 2, column 6"), message);
        BadJson duplicate = refused("{\"a\":1,\"a\":2}");
        assertTrue(String.valueOf(duplicate.getMessage()).startsWith("Duplicate field 'a'"), duplicate.getMessage());
    }

    private static <T> String wrong(String json, Json.Reader<T> reader) {
        BadJson bad =
                assertThrows(BadJson.class, () -> Json.DEFAULT.read(json.getBytes(StandardCharsets.UTF_8), reader));
        assertEquals(Kind.UNEXPECTED, bad.kind());
        return String.valueOf(bad.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"-1", "10", "1.0", "1e0", "99999999999999999999", "true", "null", "[]"})
    void V3_an_integer_is_one_within_its_range(String json) throws BadJson {
        assertEquals("expected an integer from 0 to 9", wrong(json, parser -> Members.integer(parser, 0, 9)));
        long nine = Json.DEFAULT.read(new byte[] {'9'}, parser -> Members.integer(parser, 0, 9));
        assertEquals(9, nine);
    }

    @Test
    void V3_other_types_and_members_are_named_with_their_place() throws BadJson {
        assertEquals("expected a string", wrong("1", Members::string));
        assertEquals("expected a string of 1 to 3 characters", wrong("\"\"", p -> Members.string(p, 1, 3)));
        assertEquals("expected true or false", wrong("\"true\"", Members::bool));
        assertEquals("expected a number within the range of a double", wrong("1e999", Members::number));
        Json.Reader<List<String>> subs = parser -> {
            List<String> tables = new ArrayList<>();
            Members.object(parser, (name, p) -> {
                switch (name) {
                    case "tables" -> tables.addAll(Members.array(p, 2, Members::string));
                    default -> throw Members.unknown(name, p);
                }
            });
            return tables;
        };
        assertEquals("expected a string at /tables/1", wrong("{\"tables\":[\"a\",{}]}", subs));
        assertEquals("expected at most 2 elements at /tables/2", wrong("{\"tables\":[\"a\",\"b\",\"c\"]}", subs));
        assertEquals("unknown member \"other\" at /other", wrong("{\"other\":1}", subs));
        assertEquals("expected an object", wrong("[]", subs));
        assertEquals(List.of("a"), Json.DEFAULT.read("{\"tables\":[\"a\"]}".getBytes(StandardCharsets.UTF_8), subs));
    }

    @Test
    void what_is_written_can_be_read() throws BadJson {
        byte[] json = Json.DEFAULT.write(out -> {
            out.writeStartObject();
            out.writeStringField("text", "a\"\u0001ü🧶");
            out.writeEndObject();
        });
        assertEquals("a\"\u0001ü🧶", read(json).get("text").asText());
    }
}
