package io.skein.engine.relay;

import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import java.util.List;

/**
 * How messages look on one wire. Stateless and thread-safe. Transactions and snapshots are encoded once for each view; the rest is a
 * session's own.
 */
public interface WireFormat {
    /** A message; what is large and shared stays a part of its own. */
    List<byte[]> encode(ServerMessage message);

    /**
     * A transaction as a view sees it.
     *
     * @param deltas never empty
     */
    byte[] transaction(TxHeader header, List<TableDelta> deltas);

    /** A view's rows, as the body of a {@link ServerMessage.Snapshot}. */
    EncodedRows snapshot(View view, List<TableRows> rows);

    /** The rows of a view with one subscription, as the body of a {@link ServerMessage.Subscribed}. */
    EncodedRows subscription(View view, List<TableRows> rows);

    /** What opens, separates and closes several messages in one frame; a message alone goes without. */
    Framing framing();

    /** Bytes around messages that share a frame. */
    final class Framing {
        private final byte[] open;
        private final byte[] separator;
        private final byte[] close;

        public Framing(byte[] open, byte[] separator, byte[] close) {
            this.open = open;
            this.separator = separator;
            this.close = close;
        }

        byte[] open() {
            return open;
        }

        byte[] separator() {
            return separator;
        }

        byte[] close() {
            return close;
        }
    }
}
