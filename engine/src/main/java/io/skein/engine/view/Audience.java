package io.skein.engine.view;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.module.Viewer;
import io.skein.engine.schema.Identity;
import java.util.Optional;

/**
 * Who looks, as far as it decides what is seen. Sessions of one audience share everything that is computed for it.
 *
 * @param member set only where the module has rules that look at the viewer; then everybody is an audience of their own
 * @param join set where they look at one table through others
 */
public record Audience(Role role, Optional<Identity> member, Optional<Join> join) {
    /** Rows of a table that only the owner can tell: the filter holds {@link Filter.Semijoin}s. */
    public record Join(String table, Filter filter) {
        private Join decoded(ModuleSchema schema) {
            return new Join(table, filter.decoded(schema, table));
        }
    }

    public Audience(Role role, Optional<Identity> member) {
        this(role, member, Optional.empty());
    }

    public static Audience of(ModuleSchema schema, Identity identity, Role role) {
        return new Audience(role, schema.hasRowRules() ? Optional.of(identity) : Optional.empty());
    }

    /** The same people, looking at one table through others. */
    public Audience through(Join seen) {
        return new Audience(role, member, Optional.of(seen));
    }

    /** The same people, looking straight. */
    public Audience direct() {
        return join.isEmpty() ? this : new Audience(role, member);
    }

    /**
     * The audience with each value of its join's filter as the schema has it.
     *
     * @throws IllegalArgumentException if the schema has no such table or column
     */
    public Audience decoded(ModuleSchema schema) {
        return join.isEmpty() ? this : through(join.get().decoded(schema));
    }

    /** The same where the schema may be of another version: empty if it has no such table or column. */
    public Optional<Audience> knownTo(ModuleSchema schema) {
        try {
            return Optional.of(decoded(schema));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    Viewer viewer() {
        return new Viewer(member.orElse(Identity.SYSTEM), role);
    }
}
