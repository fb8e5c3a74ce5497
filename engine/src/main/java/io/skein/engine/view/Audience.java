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
 */
public record Audience(Role role, Optional<Identity> member) {
    public static Audience of(ModuleSchema schema, Identity identity, Role role) {
        return new Audience(role, schema.hasRowRules() ? Optional.of(identity) : Optional.empty());
    }

    Viewer viewer() {
        return new Viewer(member.orElse(Identity.SYSTEM), role);
    }
}
