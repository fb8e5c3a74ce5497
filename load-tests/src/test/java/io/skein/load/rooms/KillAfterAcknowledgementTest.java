package io.skein.load.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.NodeNeeded;
import io.skein.load.peer.NodePeer;
import io.skein.load.peer.SkeinLaunch;
import io.skein.load.report.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Systems that are killed for real: one that keeps everything, and those that keep nothing. */
class KillAfterAcknowledgementTest {
    @TempDir
    private Path results = Path.of("");

    @Test
    void D2_whatSkeinAcknowledgedIsThereAndWhatIsKeptNowhereIsGone() throws Exception {
        NodeNeeded.here();
        var out = new StringWriter();
        int status = new CommandLine(new KillAfterAcknowledgement())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(
                        "--peers=skein,"
                                + NodePeer.ALL.stream().map(NodePeer::name).collect(Collectors.joining(",")),
                        "--kills=1",
                        "--updates=200",
                        "--db-url=" + SharedPostgres.server().maintenance().url(),
                        "--results=" + results,
                        "--skein=" + SkeinLaunch.command());
        assertEquals(0, status, out::toString);
        Result result = Result.read(results.resolve("result.json"));
        Result.Row skein = result.of("skein", "").getFirst();
        assertTrue(skein.figure(KillAfterAcknowledgement.ACKNOWLEDGED) >= 200, skein::toString);
        assertEquals(0, skein.figure(KillAfterAcknowledgement.LOST), skein::toString);
        for (NodePeer library : NodePeer.ALL) {
            Result.Row memory = result.of(library.name(), "").getFirst();
            assertTrue(memory.figure(KillAfterAcknowledgement.ACKNOWLEDGED) >= 200, memory::toString);
            assertEquals(
                    memory.figure(KillAfterAcknowledgement.ACKNOWLEDGED),
                    memory.figure(KillAfterAcknowledgement.LOST),
                    memory::toString);
        }
    }
}
