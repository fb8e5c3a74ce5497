package io.skein.engine.relay;

import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import java.util.List;

/**
 * How what sessions share looks on one wire: transactions and rows, encoded once for each view. Stateless and thread-safe. The rest is a
 * session's own, see {@link SessionFormat}.
 */
public interface WireFormat {
    /**
     * A transaction as a view sees it: a whole message.
     *
     * @param deltas never empty
     */
    byte[] transaction(TxHeader header, List<TableDelta> deltas);

    /** A view's rows, as the body of a {@link ServerMessage.Snapshot}. */
    EncodedRows snapshot(View view, List<TableRows> rows);

    /**
     * The rows of some subscriptions, as the body of a {@link ServerMessage.Subscribed}.
     *
     * @param view with these subscriptions alone
     */
    EncodedRows subscription(View view, List<TableRows> rows);

    /** How messages share a frame. */
    Framing framing();

    /**
     * Whether a snapshot may take the place of what a session has. Where the wire has no word for that, a session that has to start over is
     * sent away, and comes back.
     */
    default boolean restarts() {
        return true;
    }

    /** Bytes around messages that share a frame. */
    final class Framing {
        private final byte[] open;
        private final byte[] separator;
        private final byte[] close;
        private final boolean aroundOne;
        private final int maxMessages;

        private Framing(byte[] open, byte[] separator, byte[] close, boolean aroundOne, int maxMessages) {
            this.open = open;
            this.separator = separator;
            this.close = close;
            this.aroundOne = aroundOne;
            this.maxMessages = maxMessages;
        }

        /** What opens, separates and closes several messages; one alone goes without. */
        public static Framing list(byte[] open, byte[] separator, byte[] close) {
            return new Framing(open, separator, close, false, Integer.MAX_VALUE);
        }

        /** Messages stand behind one another after the same first bytes, be it one or as many as may be. */
        public static Framing prefixed(byte[] prefix, int maxMessages) {
            return new Framing(prefix, new byte[0], new byte[0], true, maxMessages);
        }

        byte[] separator() {
            return separator;
        }

        int maxMessages() {
            return maxMessages;
        }

        /** What a frame with this many messages begins with. */
        byte[] open(int messages) {
            return messages > 1 || aroundOne ? open : NOTHING;
        }

        byte[] close(int messages) {
            return messages > 1 || aroundOne ? close : NOTHING;
        }

        private static final byte[] NOTHING = {};
    }
}
