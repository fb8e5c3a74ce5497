package io.skein.engine.codec;

/** Stored bytes are sealed with a key that this process does not have. They are whole; give it the key. */
public final class SealedException extends CorruptException {
    private static final long serialVersionUID = 1L;

    SealedException(String keyId) {
        super("sealed with key \"" + keyId + "\", which is not among skein.secrets.keys of this node");
    }
}
