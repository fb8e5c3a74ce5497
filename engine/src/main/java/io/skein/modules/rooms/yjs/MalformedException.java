package io.skein.modules.rooms.yjs;

/** These bytes are not what they should be; the message says where. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }
}
