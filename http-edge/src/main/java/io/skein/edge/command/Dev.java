package io.skein.edge.command;

import io.skein.edge.node.Edge;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;

/** Runs a node to try things out: with the defaults, and a workspace that is there to be opened. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        description = "Runs a node with the embedded PostgreSQL and a sample workspace, and says where its page is.")
public final class Dev extends Serve {
    /** The sample workspace's id. */
    static final String SAMPLE = "welcome";

    private static final Identity SAMPLE_OWNER = Identity.of("skein", "sample");
    private static final int READY_SECONDS = 60;

    private static final List<BoardModule.AddCard> CARDS = List.of(
            new BoardModule.AddCard("open-second-tab", "Open this page in a second tab", 0, 1),
            new BoardModule.AddCard("drag-me", "Drag me to another column", 0, 2),
            new BoardModule.AddCard("kill-it", "kill -9 the server and start it again: nothing is lost", 1, 1),
            new BoardModule.AddCard("read-the-module", "Read BoardModule.java: this board in 150 lines", 2, 1));

    @Override
    void started(Edge edge) throws Exception {
        sample(edge.node().engine());
        String url = "http://" + edge.node().settings().http().host() + ":" + edge.port() + "/";
        say("");
        say("  Skein is up.  Open  " + url + "#/w/" + SAMPLE + "  in two tabs.");
        say("  Data lies in " + edge.node().settings().dataDir() + ". Ctrl-C stops it.");
        say("");
    }

    /** Makes the sample, unless an earlier run did. Both steps carry keys, so a run that was cut short is finished by the next. */
    private static void sample(Engine engine) throws Exception {
        Outcome created = engine.create(
                        SAMPLE, SAMPLE_OWNER, "Welcome", "board", Access.PUBLIC_WRITE, "Skein", Optional.empty())
                .toCompletableFuture()
                .get(READY_SECONDS, TimeUnit.SECONDS);
        if (created instanceof Outcome.Refused(var refusal, var _) && refusal.code() != ErrorCode.REJECTED) {
            throw new IllegalStateException("no sample workspace: " + refusal.message());
        }
        if (created instanceof Outcome.Refused) {
            return;
        }
        for (BoardModule.AddCard card : CARDS) {
            await(engine, card);
        }
    }

    private static void await(Engine engine, BoardModule.AddCard card)
            throws InterruptedException, java.util.concurrent.ExecutionException, TimeoutException {
        engine.call(SAMPLE, Call.of(SAMPLE_OWNER, "add_card", card))
                .toCompletableFuture()
                .get(READY_SECONDS, TimeUnit.SECONDS);
    }
}
