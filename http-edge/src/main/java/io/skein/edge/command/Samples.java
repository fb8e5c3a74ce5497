package io.skein.edge.command;

import io.skein.edge.command.flow.Oddities;
import io.skein.edge.command.flow.Workflow;
import io.skein.edge.command.flow.WorkflowReader;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.json.BadJson;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import io.skein.modules.flow.FlowModule.ReplaceGraph;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Workspaces to try things out with, which anybody may change: a board and a few workflows. Made once: each step expects the one
 * before it to be the last, so a start that was cut short is finished by the next, and what anybody changed is left alone.
 */
final class Samples {
    /** The board's id. */
    static final String BOARD = "welcome";

    /** The workflows' ids, with a number from 1 behind. */
    static final String FLOW = "welcome-flow-";

    private static final String FLOWS = "samples/flows.ndjson";
    private static final Identity OWNER = Identity.of("skein", "sample");
    private static final int READY_SECONDS = 60;

    private static final List<BoardModule.AddCard> CARDS = List.of(
            new BoardModule.AddCard("open-second-tab", "Open this page in a second tab", 0, 1),
            new BoardModule.AddCard("drag-me", "Drag me to another column", 0, 2),
            new BoardModule.AddCard("kill-it", "kill -9 the server and start it again: nothing is lost", 1, 1),
            new BoardModule.AddCard("read-the-module", "Read BoardModule.java: this board in 150 lines", 2, 1));

    private final Engine engine;

    private Samples(Engine engine) {
        this.engine = engine;
    }

    /**
     * Makes what is missing.
     *
     * @return the workflows' ids
     */
    static List<String> make(Engine engine)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        var samples = new Samples(engine);
        samples.workspace(
                BOARD,
                "Welcome",
                "board",
                CARDS.stream().map(card -> Call.of(OWNER, "add_card", card)).toList());
        return samples.flows();
    }

    private List<String> flows() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        var ids = new java.util.ArrayList<String>();
        try (InputStream file =
                        Objects.requireNonNull(Samples.class.getClassLoader().getResourceAsStream(FLOWS));
                var lines = new Lines(file)) {
            for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
                Workflow flow = WorkflowReader.read(line, new Oddities());
                String id = FLOW + line.number();
                workspace(
                        id,
                        flow.name(),
                        "flow",
                        List.of(Call.of(OWNER, "replace_graph", new ReplaceGraph(flow.nodes(), flow.edges()))));
                ids.add(id);
            }
        } catch (BadJson e) {
            throw new IllegalStateException(FLOWS + ": " + e.getMessage(), e);
        }
        return List.copyOf(ids);
    }

    private void workspace(String id, String name, String module, List<Call> calls)
            throws InterruptedException, ExecutionException, TimeoutException {
        Outcome created = await(engine.create(id, OWNER, name, module, Access.PUBLIC_WRITE, "Skein", Optional.empty()));
        if (created instanceof Outcome.Refused(var refusal, var _) && refusal.code() != ErrorCode.REJECTED) {
            throw new IllegalStateException("no sample workspace " + id + ": " + refusal.message());
        }
        for (int done = 0; done < calls.size(); done++) {
            Call call = calls.get(done).expecting(List.of(new io.skein.engine.reducer.Expectation.AtSeq(done + 1)));
            if (await(engine.call(id, call)) instanceof Outcome.Refused(var refusal, var _)) {
                if (refusal.code() == ErrorCode.CONFLICT && refusal.current() > done + 1) {
                    continue;
                }
                throw new IllegalStateException("no sample workspace " + id + ": " + refusal.message());
            }
        }
    }

    private static Outcome await(CompletionStage<Outcome> outcome)
            throws InterruptedException, ExecutionException, TimeoutException {
        return outcome.toCompletableFuture().get(READY_SECONDS, TimeUnit.SECONDS);
    }
}
