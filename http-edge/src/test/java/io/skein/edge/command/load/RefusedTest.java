package io.skein.edge.command.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** What {@code docs/native-wire.md} says an outcome looks like. */
class RefusedTest {
    @Test
    void L2_whoIsRefusedIsToldWhyAndWaitsAsLongAsTheServerAsks() throws Exception {
        assertEquals(new Refused("overloaded", 250), refused("""
            {"type":"outcome","id":8,"ok":false,"error":{"code":"overloaded","message":"too many","retryAfter":250}}
            """));
    }

    @Test
    void withoutAWordAboutWhenItWaitsAMoment() throws Exception {
        assertEquals(new Refused("rejected", 10), refused("""
            {"type":"outcome","id":8,"ok":false,"error":{"code":"rejected","reason":"card_exists","message":"…"}}
            """));
    }

    private static Refused refused(String outcome) throws Exception {
        return Refused.of(new ObjectMapper().readTree(outcome));
    }
}
