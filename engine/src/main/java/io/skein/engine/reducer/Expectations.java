package io.skein.engine.reducer;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableRule;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Visibility;
import org.jspecify.annotations.Nullable;

/** Compares what a caller takes for granted with what is (rule V2), as far as the caller may see it (M2). */
final class Expectations {
    private Expectations() {}

    /** Why the call cannot be done, or null. */
    static @Nullable Refusal unmet(WorkspaceState head, Call call, Role role) {
        for (Expectation expectation : call.expectations()) {
            Refusal unmet = switch (expectation) {
                case Expectation.AtSeq(long seq) -> unmetSeq(head, seq);
                case Expectation.RowVersion row -> unmetVersion(head, call, role, row);
            };
            if (unmet != null) {
                return unmet;
            }
        }
        return null;
    }

    private static @Nullable Refusal unmetSeq(WorkspaceState head, long expected) {
        return expected == head.seq()
                ? null
                : Refusal.conflict(
                        "expected seq %d, the workspace is at %d".formatted(expected, head.seq()), head.seq());
    }

    private static @Nullable Refusal unmetVersion(
            WorkspaceState head, Call call, Role role, Expectation.RowVersion expected) {
        ModuleSchema schema = head.schema();
        int ordinal = schema.ordinal(expected.table());
        if (ordinal < 0
                || schema.table(ordinal).kind() != Table.Kind.KEYED
                || !role.atLeast(schema.rule(ordinal).minimum())) {
            return Refusal.of(ErrorCode.INVALID_ARGS, "no table " + expected.table() + " with a primary key");
        }
        Object key = key(schema.table(ordinal).shape(), expected.key());
        if (key == null) {
            return Refusal.of(ErrorCode.INVALID_ARGS, expected.key() + " is no key of " + expected.table());
        }
        long version = visibleVersion(head, call, role, ordinal, key);
        return version == expected.version()
                ? null
                : Refusal.conflict(
                        "expected version %d of row %s of %s, it is %d"
                                .formatted(expected.version(), key, expected.table(), version),
                        version);
    }

    /** The key as rows are found by it, or null if it is none of this shape. */
    private static @Nullable Object key(Shape<?> shape, Object given) {
        if (!(given instanceof Encoded encoded)) {
            return shape.isKey(given) ? given : null;
        }
        try {
            return ValueCodec.readKey(encoded.reader(), shape);
        } catch (CorruptException e) {
            return null;
        }
    }

    private static long visibleVersion(WorkspaceState head, Call call, Role role, int ordinal, Object key) {
        Stored<?> stored = head.rows(ordinal).stored(key);
        if (stored == null) {
            return 0;
        }
        TableRule<?> rule = head.schema().rule(ordinal);
        if (rule.rows().isEmpty()) {
            return stored.version();
        }
        var audience = Audience.of(head.schema(), call.sender(), role);
        return new Visibility(head.schema()).mayRead(head, audience, ordinal, stored.row()) ? stored.version() : 0;
    }
}
