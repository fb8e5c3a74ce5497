package io.skein.engine.workspace;

import io.skein.engine.reducer.Call;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Audience;
import io.skein.engine.view.View;

/** What a relay tells its workspace, in the order in which it happened there. */
public sealed interface Upstream {
    /**
     * A session came.
     *
     * @param session the relay's number for it
     * @param again it was here before the workspace lost sight of the relay; no hook runs
     */
    record Enter(long session, Identity identity, boolean again) implements Upstream {}

    /** A session went. */
    record Exit(long session) implements Upstream {}

    /** @param number the relay's number for this call */
    record Request(long number, Call call) implements Upstream {}

    /** Something to be passed on and forgotten. */
    record Emit(Signal signal) implements Upstream {}

    /** The relay needs a view's rows; answered by {@link Downstream.SnapshotTaken} and {@link Downstream.SnapshotRows}. */
    record TakeSnapshot(long request, View view) implements Upstream {}

    /** From here on each transaction is told to this audience, too, which looks through a join. */
    record Watch(Audience audience) implements Upstream {}

    /** And from here on no longer. */
    record Unwatch(Audience audience) implements Upstream {}

    /** The relay needs recent transactions; answered by {@link Downstream.History}. */
    record TakeHistory(Audience audience) implements Upstream {}
}
