package io.skein.edge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WellFormedTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private static boolean jdkSaysUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void every_beginning_of_a_character_is_judged_as_the_JDK_judges_it() {
        byte[] thirds = {'a', 0x7f, (byte) 0x80, (byte) 0xbf, (byte) 0xc0};
        // Padded to nine bytes, so that the path that looks at eight at a time is taken as well.
        byte[] bytes = {0, 0, 0, 'a', 'a', 'a', 'a', 'a', 'a'};
        for (int first = 0x70; first < 0x100; first++) {
            for (int second = 0; second < 0x100; second++) {
                for (byte third : thirds) {
                    bytes[0] = (byte) first;
                    bytes[1] = (byte) second;
                    bytes[2] = third;
                    assertEquals(jdkSaysUtf8(bytes), WellFormed.isUtf8(bytes), () -> Arrays.toString(bytes));
                    byte[] cut = Arrays.copyOf(bytes, 3);
                    assertEquals(jdkSaysUtf8(cut), WellFormed.isUtf8(cut), () -> Arrays.toString(cut));
                }
            }
        }
    }

    @Property
    void a_mix_of_good_and_bad_bytes_is_judged_as_the_JDK_judges_it(@ForAll("mixed") byte[] bytes) {
        assertEquals(jdkSaysUtf8(bytes), WellFormed.isUtf8(bytes));
    }

    @Provide
    Arbitrary<byte[]> mixed() {
        Arbitrary<byte[]> text = Arbitraries.strings().ofMaxLength(12).map(s -> s.getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> noise = Arbitraries.bytes()
                .between((byte) -128, (byte) -1)
                .array(byte[].class)
                .ofMaxSize(4);
        return Combinators.combine(
                        text,
                        Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(3, text), net.jqwik.api.Tuple.of(1, noise)),
                        text)
                .as((a, b, c) -> {
                    ByteBuffer all = ByteBuffer.allocate(a.length + b.length + c.length);
                    return all.put(a).put(b).put(c).array();
                });
    }

    @Property
    void what_an_escaped_string_holds_is_well_formed_exactly_if_the_escapes_are(@ForAll("escapes") List<String> parts)
            throws Exception {
        byte[] json = ('"' + String.join("", parts) + '"').getBytes(StandardCharsets.US_ASCII);
        String value = JACKSON.readValue(json, String.class);
        boolean wellFormed = StandardCharsets.UTF_8.newEncoder().canEncode(value);
        assertEquals(wellFormed, WellFormed.firstLoneSurrogate(json, 0, json.length) < 0);
    }

    @Provide
    Arbitrary<List<String>> escapes() {
        return Arbitraries.of("\\ud83e", "\\uDDF6", "\\uD83E\\udDf6", "\\\\", "\\n", "\\u0041", "a", "ud83e", "\\\"")
                .list()
                .ofMaxSize(8);
    }
}
