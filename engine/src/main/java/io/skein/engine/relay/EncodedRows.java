package io.skein.engine.relay;

/** A snapshot's rows in the bytes of one wire format, shared by every session that gets them. Never changed. */
public final class EncodedRows {
    private final byte[] bytes;

    public EncodedRows(byte[] bytes) {
        this.bytes = bytes;
    }

    public byte[] bytes() {
        return bytes;
    }
}
