package io.skein.engine.everything;

import io.skein.engine.everything.EverythingModule.Batch;
import io.skein.engine.everything.EverythingModule.Kind;
import io.skein.engine.everything.EverythingModule.Step;
import io.skein.engine.module.Role;
import io.skein.engine.testing.TestWorkspace;
import java.util.List;

/** A fixed history with every kind of operation in it. Golden files hold its bytes: it does not change. */
public final class SampleHistory {
    private SampleHistory() {}

    /** Five transactions, of which the last has a key, and then a refusal that is remembered. */
    public static TestWorkspace play() {
        var workspace = TestWorkspace.of(EverythingModule.asReleased());
        workspace.accepted(
                "batch",
                batch(
                        step(Kind.UPSERT_THING, 0, -4),
                        step(Kind.INSERT_THING, 1, 7),
                        step(Kind.UPSERT_THING, 2, 300),
                        step(Kind.UPSERT_CELL, 1, 2),
                        step(Kind.UPSERT_CELL, 2, 3),
                        step(Kind.ADD_TALLY, 0, 1),
                        step(Kind.ADD_TALLY, 0, 1),
                        step(Kind.ADD_TALLY, 1, 0),
                        step(Kind.UPSERT_NOTE, 0, 0),
                        step(Kind.UPSERT_NOTE, 1, 1),
                        step(Kind.TOGGLE_CREW, 0, 0),
                        step(Kind.ADD_WHISPER, 2, 1),
                        step(Kind.TOGGLE_MUTED, 2, 0),
                        step(Kind.EMIT_PING, 0, 9),
                        step(Kind.UPSERT_AUDIT, 1, 0),
                        step(Kind.SCHEDULE, 3, 5)));
        workspace.member("ann", Role.EDITOR);
        workspace
                .owner()
                .withKey("key-1")
                .accepted(
                        "batch",
                        batch(
                                step(Kind.UPDATE_THING, 1, 8),
                                step(Kind.DELETE_THING, 2, 0),
                                step(Kind.UPSERT_THING, 3, 0),
                                step(Kind.DELETE_CELL, 1, 0),
                                step(Kind.REMOVE_TALLY, 0, 1),
                                step(Kind.REMOVE_TALLY, 1, 0),
                                step(Kind.DELETE_NOTE, 0, 0),
                                step(Kind.TOGGLE_CREW, 0, 0),
                                step(Kind.REMOVE_WHISPER, 2, 1),
                                step(Kind.TOGGLE_MUTED, 2, 0),
                                step(Kind.EMIT_PING, 0, -9)));
        workspace.owner().withKey("key-2").refused("batch", batch(step(Kind.REJECT, 0, 1)));
        return workspace;
    }

    private static Batch batch(Step... steps) {
        return new Batch(List.of(steps));
    }

    private static Step step(Kind kind, int a, int b) {
        return new Step(kind, a, b, TestWorkspace.person("owner"));
    }
}
