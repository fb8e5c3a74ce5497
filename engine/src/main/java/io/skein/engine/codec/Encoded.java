package io.skein.engine.codec;

import io.skein.engine.schema.Bytes;

/**
 * A value that another node sent, in its canonical bytes. It stands where the value would until whoever knows its type reads it: the owner of a
 * workspace, with the schema that the owner has, so that a node of another version gets an answer and no silence.
 */
public record Encoded(Bytes bytes) {
    /** A reader of the value. */
    public ByteReader reader() {
        return new ByteReader(bytes.toArray());
    }
}
