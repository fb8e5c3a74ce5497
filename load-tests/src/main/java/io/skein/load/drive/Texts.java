package io.skein.load.drive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Random;

/** What members write: sentences of one length, the same for every system. */
final class Texts {
    private static final int COUNT = 256;
    private static final String[] WORDS = {
        "move",
        "the",
        "release",
        "checklist",
        "to",
        "next",
        "week",
        "and",
        "ask",
        "support",
        "about",
        "invoice",
        "4711",
        "draft",
        "of",
        "pricing",
        "page",
        "needs",
        "review",
        "by",
        "legal",
        "before",
        "Friday"
    };

    private final byte[][] texts = new byte[COUNT][];

    Texts(int bytes) {
        Random random = new Random(7);
        for (int i = 0; i < COUNT; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < bytes) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            texts[i] = text.substring(0, bytes).getBytes(US_ASCII);
        }
    }

    byte[] at(long number) {
        return texts[(int) (number % COUNT)];
    }
}
