package io.skein.engine.workspace;

import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.state.WorkspaceState;

/**
 * A whole workspace on its way to or from the snapshot store. Encoding happens where the bytes are needed, on the store's thread, and
 * not in the workspace; decoding needs the module and happens in the ledger.
 */
public sealed interface WorkspaceSnapshot {
    /** See {@link SnapshotCodec}. */
    byte[] bytes();

    /** To be stored. */
    record OfState(WorkspaceState state) implements WorkspaceSnapshot {
        @Override
        public byte[] bytes() {
            return SnapshotCodec.encode(state);
        }
    }

    /** As it was stored. */
    final class Encoded implements WorkspaceSnapshot {
        private final byte[] bytes;

        public Encoded(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }
    }
}
