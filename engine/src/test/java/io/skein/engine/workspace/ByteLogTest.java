package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteLogTest {
    private static List<String> texts(ByteLog log) {
        var texts = new ArrayList<String>();
        log.forEach(in -> {
            texts.add(in.string());
            in.requireEnd();
        });
        return texts;
    }

    private static void add(ByteLog log, String text) {
        log.add(out -> out.string(text));
    }

    @Test
    void L1_ofMoreThanItMayKeep_theNewestStay() {
        var log = new ByteLog(3, 1_000);
        for (int n = 1; n <= 10; n++) {
            add(log, "entry " + n);
        }
        assertEquals(List.of("entry 8", "entry 9", "entry 10"), texts(log));
    }

    @Test
    void L1_whatIsLargerThanTheLog_isNotKept_andNothingBeforeIt() {
        var log = new ByteLog(10, 100);
        add(log, "small");
        add(log, "x".repeat(200));
        assertEquals(List.of(), texts(log));
        add(log, "after");
        assertEquals(List.of("after"), texts(log));
    }

    /** Against a queue that does the same with objects: sizes from nothing to more than a chunk, so that chunks fill, go and are used again. */
    @Test
    void L1_keepsWhatAQueueWithTheSameBoundsKeeps() {
        var random = new Random(5);
        var log = new ByteLog(200, 60_000);
        var queue = new ArrayDeque<String>();
        int bytes = 0;
        for (int n = 0; n < 20_000; n++) {
            int length = random.nextInt(100) == 0 ? random.nextInt(40_000) : random.nextInt(600);
            String text = (n + " ").repeat(1 + length / 6);
            add(log, text);
            queue.addLast(text);
            bytes += written(text);
            while (queue.size() > 200 || bytes > 60_000) {
                bytes -= written(queue.removeFirst());
            }
            if (n % 500 == 0 || n > 19_990) {
                assertEquals(brief(List.copyOf(queue)), brief(texts(log)), "after " + n);
            }
        }
    }

    /** Enough to tell texts apart, and to read where they differ. */
    private static List<String> brief(List<String> texts) {
        return texts.stream()
                .map(text -> text.substring(0, text.indexOf(' ')) + ": " + text.length() + " " + text.hashCode())
                .toList();
    }

    private static int written(String ascii) {
        int length = ascii.length();
        return length + (length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : 3);
    }
}
