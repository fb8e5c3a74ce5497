package io.skein.engine.module;

/** Who may enter a workspace without being a member. */
public enum Access {
    PRIVATE(Role.NONE),
    PUBLIC_READ(Role.VIEWER),
    PUBLIC_WRITE(Role.EDITOR);

    private final Role strangers;

    Access(Role strangers) {
        this.strangers = strangers;
    }

    /** The role of somebody who is not a member. */
    public Role strangers() {
        return strangers;
    }

    /** {@code public-read}, as on the wires. */
    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /**
     * @throws IllegalArgumentException if there is no such policy
     */
    public static Access ofWire(String text) {
        for (Access access : values()) {
            if (access.wire().equals(text)) {
                return access;
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no access policy; one of private, public-read, public-write");
    }
}
