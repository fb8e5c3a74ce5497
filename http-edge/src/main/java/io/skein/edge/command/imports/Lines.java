package io.skein.edge.command.imports;

import io.skein.edge.json.BadJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a stream as bytes, gzip or not: the first two bytes tell. */
public final class Lines implements Closeable {
    /** Longer lines are read past, not kept. 64 MiB. */
    public static final int MAX_LINE_BYTES = 64 << 20;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    /**
     * @param number from 1
     * @param bytes without the line's end; null if there were more than {@link #MAX_LINE_BYTES}
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Line(long number, byte @Nullable [] bytes) {
        /** @throws BadJson if there were too many */
        public byte[] required() throws BadJson {
            if (bytes == null) {
                throw BadJson.unexpected("longer than " + MAX_LINE_BYTES + " bytes");
            }
            return bytes;
        }

        public boolean isBlank() {
            return bytes != null && new String(bytes, StandardCharsets.UTF_8).isBlank();
        }
    }

    private final InputStream in;
    private long number;

    /** @throws IOException if the stream cannot be read or is gzip from its first bytes on only */
    public Lines(InputStream raw) throws IOException {
        var buffered = new BufferedInputStream(raw, BUFFER_BYTES);
        buffered.mark(2);
        boolean gzip = buffered.read() == GZIP_FIRST && buffered.read() == GZIP_SECOND;
        buffered.reset();
        in = gzip ? new BufferedInputStream(new GZIPInputStream(buffered, BUFFER_BYTES), BUFFER_BYTES) : buffered;
    }

    /** The next line, or null at the end. */
    public @Nullable Line next() throws IOException {
        int read = in.read();
        if (read < 0) {
            return null;
        }
        var bytes = new ByteArrayOutputStream(BUFFER_BYTES);
        boolean tooLong = false;
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (bytes.size() == MAX_LINE_BYTES) {
                tooLong = true;
            } else {
                bytes.write(read);
            }
        }
        number++;
        return new Line(number, tooLong ? null : bytes.toByteArray());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
