package io.skein.persistence.history;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.persistence.JournalSerializer;

/** One row of the journal: one group. */
final class JournalRow {
    private final long number;
    private final int serializer;
    private final String manifest;
    private final boolean deleted;
    private final byte[] payload;

    JournalRow(long number, int serializer, String manifest, boolean deleted, byte[] payload) {
        this.number = number;
        this.serializer = serializer;
        this.manifest = manifest;
        this.deleted = deleted;
        this.payload = payload;
    }

    /** The row's number in its workspace, from 1; not the {@code seq} of a transaction. */
    long number() {
        return number;
    }

    /**
     * @throws CorruptException if this is not a group, or is marked as deleted, which Skein never does
     */
    Group group() {
        if (serializer != JournalSerializer.IDENTIFIER || !manifest.equals(JournalSerializer.GROUP)) {
            throw new CorruptException("row %d is of serializer %d, manifest %s: written by a newer Skein?"
                    .formatted(number, serializer, manifest));
        }
        if (deleted) {
            throw new CorruptException("row %d is marked as deleted".formatted(number));
        }
        try {
            return GroupCodec.decode(payload);
        } catch (CorruptException e) {
            throw new CorruptException("row %d: %s".formatted(number, e.getMessage()), e);
        }
    }
}
