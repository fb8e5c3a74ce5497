package io.skein.engine.presence;

/** How much is told of who is here, by how many there are (rule P5). */
public enum Mode {
    /** Everybody. */
    LIST,
    /** Those who did something last, and how many there are. */
    ACTIVE,
    /** How many there are. */
    COUNTS;

    /** As the wires call it. */
    public String wire() {
        return switch (this) {
            case LIST -> "list";
            case ACTIVE -> "active";
            case COUNTS -> "counts";
        };
    }

    /**
     * @throws IllegalArgumentException if there is no such mode
     */
    static Mode ofWire(String text) {
        for (Mode mode : values()) {
            if (mode.wire().equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("mode " + text);
    }
}
