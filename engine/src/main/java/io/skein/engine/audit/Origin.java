package io.skein.engine.audit;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;

/**
 * By what somebody acted, as far as the edge knows; never the token itself. What is not known is empty. It is told to the audit log and to nothing
 * else: no journal and no hash rests on it, so it can be forgotten.
 *
 * @param token the id of the token ({@code jti})
 * @param session the session that the token is bound to
 * @param device the device that it is bound to
 * @param address the network address of the caller
 */
public record Origin(String token, String session, String device, String address) {
    public static final Origin NONE = new Origin("", "", "", "");

    /** Tokens of other issuers may have ids of any length. */
    private static final int MAX_CHARACTERS = 200;

    public Origin {
        token = bounded(token);
        session = bounded(session);
        device = bounded(device);
        address = bounded(address);
    }

    private static String bounded(String text) {
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS);
    }

    public boolean isKnown() {
        return !equals(NONE);
    }

    public void write(ByteWriter out) {
        out.string(token).string(session).string(device).string(address);
    }

    public static Origin read(ByteReader in) {
        return new Origin(in.string(), in.string(), in.string(), in.string());
    }
}
