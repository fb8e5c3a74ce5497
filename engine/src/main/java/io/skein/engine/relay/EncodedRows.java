package io.skein.engine.relay;

import java.util.List;

/** Rows of a snapshot in the bytes of one wire format, shared by every session that gets them. Never changed. */
public final class EncodedRows {
    private final List<byte[]> parts;

    /**
     * @param parts as many as the format likes: for each subscription one, for example
     */
    public EncodedRows(byte[]... parts) {
        this.parts = List.of(parts);
    }

    public List<byte[]> parts() {
        return parts;
    }

    /** Their sum. */
    public long bytes() {
        long bytes = 0;
        for (byte[] part : parts) {
            bytes += part.length;
        }
        return bytes;
    }
}
