package io.skein.edge.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The {@code Date} header, made once a second. */
final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private record Made(long second, String text) {}

    private static volatile Made made = new Made(-1, "");

    private HttpDate() {}

    static String now() {
        long second = System.currentTimeMillis() / 1000;
        Made last = made;
        if (last.second == second) return last.text;
        String text = FORMAT.format(Instant.ofEpochSecond(second));
        made = new Made(second, text);
        return text;
    }
}
