package io.skein.edge.rooms;

import io.skein.engine.module.Refusal;
import io.skein.modules.rooms.yjs.Lib0Reader;
import io.skein.modules.rooms.yjs.Lib0Writer;
import io.skein.modules.rooms.yjs.MalformedException;
import io.skein.modules.rooms.yjs.Update;
import java.util.List;

/** What the two wires of Yjs say differently. Messages are without what a frame begins with, {@link #prefix}. */
sealed interface Dialect {
    int SYNC = 0;
    int AWARENESS = 1;
    int AUTH = 2;
    int QUERY_AWARENESS = 3;
    int SYNC_REPLY = 4;
    int STATELESS = 5;
    int CLOSE = 7;
    int SYNC_STATUS = 8;

    int STEP_1 = 0;
    int STEP_2 = 1;
    int UPDATE = 2;

    int DENIED = 1;
    int AUTHENTICATED = 2;

    /** What every frame of a document begins with. */
    byte[] prefix();

    /** The session is in, and may write or not. Nothing if this wire does not say so. */
    List<byte[]> entered(boolean mayWrite);

    /** An update is durable. Nothing if this wire does not say so. */
    List<byte[]> kept();

    /** An update is not kept, and never will be. */
    List<byte[]> refused(Refusal why);

    /** Something else could not be done. Nothing if this wire does not say so. */
    List<byte[]> failed(Refusal why);

    /** A session is over; what happens to its socket is not said here. */
    List<byte[]> over(Refusal why, boolean wasIn);

    /** Asks for a fresh token. Nothing if this wire has no such question. */
    List<byte[]> askForToken();

    /** A sign of life for a client that has heard nothing for a while. */
    List<byte[]> alive();

    /** {@code y-websocket}: one document is one socket. */
    record YWebsocket() implements Dialect {
        private static final byte[] NONE = {};

        @Override
        public byte[] prefix() {
            return NONE;
        }

        @Override
        public List<byte[]> entered(boolean mayWrite) {
            return List.of();
        }

        @Override
        public List<byte[]> kept() {
            return List.of();
        }

        @Override
        public List<byte[]> failed(Refusal why) {
            return refused(why);
        }

        /** Clients show it in their console; what else they know is that they do not hear their update. */
        @Override
        public List<byte[]> refused(Refusal why) {
            return List.of(new Lib0Writer()
                    .number(AUTH)
                    .number(0)
                    .string(why.code().wire() + ": " + why.message())
                    .toArray());
        }

        @Override
        public List<byte[]> over(Refusal why, boolean wasIn) {
            return refused(why);
        }

        @Override
        public List<byte[]> askForToken() {
            return List.of();
        }

        /** Clients count application's messages alone: an update that says nothing. */
        @Override
        public List<byte[]> alive() {
            return List.of(sync(UPDATE, Update.nothing()));
        }
    }

    /**
     * Hocuspocus: several documents share a socket.
     *
     * @param address what this session's frames begin with: the document's name, and behind a NUL, if the client wants that, the session's
     */
    record Hocuspocus(String address) implements Dialect {
        @Override
        public byte[] prefix() {
            return new Lib0Writer().string(address).toArray();
        }

        @Override
        public List<byte[]> entered(boolean mayWrite) {
            return List.of(new Lib0Writer()
                    .number(AUTH)
                    .number(AUTHENTICATED)
                    .string(mayWrite ? "read-write" : "readonly")
                    .toArray());
        }

        @Override
        public List<byte[]> kept() {
            return status(1);
        }

        @Override
        public List<byte[]> refused(Refusal why) {
            return status(0);
        }

        private static List<byte[]> status(int kept) {
            return List.of(new Lib0Writer().number(SYNC_STATUS).number(kept).toArray());
        }

        @Override
        public List<byte[]> failed(Refusal why) {
            return List.of();
        }

        @Override
        public List<byte[]> over(Refusal why, boolean wasIn) {
            String reason = why.code().wire() + ": " + why.message();
            var message = new Lib0Writer();
            if (wasIn) {
                message.number(CLOSE);
            } else {
                message.number(AUTH).number(DENIED);
            }
            return List.of(message.string(reason).toArray());
        }

        @Override
        public List<byte[]> askForToken() {
            return List.of(new Lib0Writer().number(AUTH).number(0).toArray());
        }

        /** The socket as a whole has one. */
        @Override
        public List<byte[]> alive() {
            return List.of();
        }
    }

    /** A message of the sync protocol. */
    static byte[] sync(int step, byte[] body) {
        return new Lib0Writer(body.length + 8)
                .number(SYNC)
                .number(step)
                .byteArray(body)
                .toArray();
    }

    /** The update in a message that {@link #sync} made. */
    static byte[] updateOf(byte[] message) {
        try {
            var in = new Lib0Reader(message);
            in.number();
            in.number();
            return in.byteArray();
        } catch (MalformedException e) {
            throw new IllegalStateException("a message of our own making", e);
        }
    }
}
