package io.skein.edge.http;

import io.skein.edge.json.WellFormed;
import io.skein.engine.module.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent escapes of a path segment (RFC 3986), where a plus is a plus. */
final class PercentEncoding {
    private PercentEncoding() {}

    /** The segment with its escapes replaced. Fails with {@code invalid_args} if they are none, or not UTF-8, or hide a NUL. */
    static String decode(String segment) {
        if (segment.indexOf('%') < 0) return segment;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(segment.charAt(i + 2), 16);
            if (low < 0 || (high | low) == 0) throw bad();
            bytes.write(high << 4 | low);
            i += 2;
        }
        byte[] decoded = bytes.toByteArray();
        if (!WellFormed.isUtf8(decoded)) throw bad();
        return new String(decoded, StandardCharsets.UTF_8);
    }

    private static ProblemException bad() {
        return new ProblemException(ErrorCode.INVALID_ARGS, "the path has an escape that is not UTF-8 text");
    }
}
