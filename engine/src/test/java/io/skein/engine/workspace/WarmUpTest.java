package io.skein.engine.workspace;

import io.skein.engine.Modules;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private final ActorTestKit kit = ActorTestKit.create();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aJournalThatCannotBeRead_isNotWaitedFor() {
        var shared = new Workspace.Shared(
                new Modules(List.of()),
                WorkspaceSettings.DEFAULT,
                io.skein.engine.presence.PresenceSettings.DEFAULT,
                (_, _) -> {},
                new WorkspaceCounters(new io.skein.engine.meters.Meters()),
                io.skein.engine.trace.Tracing.OFF);
        TestProbe<String> told = kit.createTestProbe(String.class);
        // This system has no journal at all.
        var warmUp = kit.spawn(WarmUp.create(shared, () -> told.ref().tell("done")));
        told.expectMessage("done");
        told.expectTerminated(warmUp);
    }
}
