package io.skein.engine.audit;

import java.util.Locale;

/** What the audit log tells of. The names are in the database and on the wire: none changes. */
public enum AuditKind {
    /** Its maker is the first owner; the subject is empty. */
    WORKSPACE_CREATED,
    /** Without the names: they are what people write. */
    WORKSPACE_RENAMED,
    /** {@code from}, {@code to}: access policies. */
    ACCESS_CHANGED,
    /** All {@code members} and {@code invites} went with it; they have no entries of their own. */
    WORKSPACE_DELETED,
    /** The subject is a member now: {@code role}, and {@code invite} where it came by one. */
    MEMBER_ADDED,
    /** {@code from}, {@code to}: roles of the subject. */
    ROLE_CHANGED,
    /** The subject is no member any more; it was a {@code role}. Who left is the actor as well. */
    MEMBER_REMOVED,
    /** The subject is the invitation's id: {@code role}, {@code uses}, {@code expires}. */
    INVITE_CREATED,
    INVITE_REVOKED,

    /** A token was made from another; the subject is its id. */
    TOKEN_MADE,
    /** The subject is whose; {@code revoked} says what kind of tokens, {@code value} which. */
    TOKENS_REVOKED,
    /** The subject is an issuer; {@code keys} are the ids of those it signs with now. */
    KEYS_CHANGED,
    /** The database is found to be a restored copy, and every workspace has a new epoch. */
    DATABASE_RESTORED;

    /** As in the database and on the wire. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of this name */
    public static AuditKind ofWire(String text) {
        for (AuditKind kind : values()) {
            if (kind.wire().equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no kind of audit entry");
    }
}
