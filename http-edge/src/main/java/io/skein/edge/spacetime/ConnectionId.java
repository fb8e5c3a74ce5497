package io.skein.edge.spacetime;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;

/** 128 bits that name one connection; zero names none. */
record ConnectionId(long high, long low) {
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    static ConnectionId random() {
        return new ConnectionId(RANDOM.nextLong(), RANDOM.nextLong() | 1);
    }

    /** Reads 32 hex digits, the most significant first; empty if it is not that, or zero. */
    static Optional<ConnectionId> parse(String hex) {
        if (!HEX.matcher(hex).matches()) {
            return Optional.empty();
        }
        var id = new ConnectionId(
                Long.parseUnsignedLong(hex.substring(0, 16), 16), Long.parseUnsignedLong(hex.substring(16), 16));
        return id.high == 0 && id.low == 0 ? Optional.empty() : Optional.of(id);
    }
}
