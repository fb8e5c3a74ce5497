package io.skein.engine.module;

/** What somebody may do in a workspace; each role may do all that the ones before it may. */
public enum Role {
    /** A stranger: may call what a module opens to everybody, such as joining by invite. */
    NONE,
    /** May read. */
    VIEWER,
    /** May change content. */
    EDITOR,
    /** May invite, and change or remove members below itself. */
    ADMIN,
    /** May do everything; every workspace has at least one. */
    OWNER;

    public boolean atLeast(Role minimum) {
        return compareTo(minimum) >= 0;
    }

    /** Lower case, as on the wires. */
    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if there is no such role
     */
    public static Role ofWire(String text) {
        for (Role role : values()) {
            if (role.wire().equals(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no role; one of none, viewer, editor, admin, owner");
    }
}
