package io.skein.load.nemesis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.history.HistoryCheck;
import io.skein.load.history.Rule;
import io.skein.load.machine.Database;
import io.skein.load.machine.SharedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bugs planted in the living path, between a real node and its clients: the whole chain from socket to check finds them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeddlerTest {
    private Path directory = Path.of("");
    private final Network network = new Loopback("one node");
    private AutoCloseable running = () -> {};
    private List<SkeinNode> nodes = List.of();

    @BeforeAll
    void start(@TempDir Path made) throws Exception {
        directory = made;
        Database database = SharedPostgres.server().create("meddler");
        Nodes started = Nodes.start(network, 1, database, directory);
        running = started;
        nodes = started.all();
    }

    @AfterAll
    void stop() throws Exception {
        running.close();
    }

    @ParameterizedTest
    @EnumSource(Meddler.Trick.class)
    void O2_whatHappensToFramesOnTheirWayIsFound(Meddler.Trick trick) throws Exception {
        SkeinNode node = nodes.getFirst();
        try (Meddler meddler = new Meddler(node.http(), trick);
                Scenario scenario = Scenario.make(
                        node.api(),
                        List.of(Map.entry("meddler", meddler.address())),
                        "meddled-" + trick,
                        1,
                        3,
                        7,
                        directory)) {
            scenario.crew().work(30);
            Progress.awaitAccepted(scenario, 150);
            // What was dropped may have been somebody's outcome: whoever waits for it waits in vain.
            List<String> _ = scenario.rest(1);
            HistoryCheck.Result result = scenario.check().values().iterator().next();
            assertTrue(result.findings().counts().containsKey(Rule.O2), () -> trick + ": " + result);
        }
    }
}
