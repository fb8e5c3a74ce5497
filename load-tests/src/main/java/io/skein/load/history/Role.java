package io.skein.load.history;

import java.util.Locale;

/** Roles from the lowest, by their names on the wire or in rows. */
enum Role {
    NONE,
    VIEWER,
    EDITOR,
    ADMIN,
    OWNER;

    static Role of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    boolean atLeast(Role other) {
        return compareTo(other) >= 0;
    }
}
