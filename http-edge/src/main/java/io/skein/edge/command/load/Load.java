package io.skein.edge.command.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.command.doctor.Conversation;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.command.imports.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sessions that move cards on one board, as fast as they are answered. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Opens sessions on a board that is made for it and deleted again; each moves a card of its own, waits",
            "until that is durable, and moves it again. They see none of each other's moves: it is the way of a",
            "call that is measured. For more than a first impression there is load-tests/."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it ran to its end",
            "1:the server cannot be reached, or a session ended; the last line says why",
            "2:the command line is wrong"
        })
public final class Load implements Callable<Integer> {
    private static final int MOST_SESSIONS = 5_000;
    private static final int MOST_SECONDS = 86_400;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            defaultValue = "20",
            description = "WebSockets (default: ${DEFAULT-VALUE})")
    private int sessions = 20;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "how long (default: ${DEFAULT-VALUE})")
    private int seconds = 10;

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private final Tally tally = new Tally();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    @Override
    public Integer call() throws IOException, ApiException, InterruptedException {
        within("--sessions", sessions, MOST_SESSIONS);
        within("--seconds", seconds, MOST_SECONDS);
        ServerOptions.Server server = options.server();
        String workspace = "load-" + UUID.randomUUID();
        try (var api = new Api(server.address(), server.token(), new Figures())) {
            String body = "{\"id\":\"%s\",\"module\":\"board\",\"name\":\"load\"}".formatted(workspace);
            Api.checked(api.post("/v1/workspaces", body.getBytes(StandardCharsets.UTF_8), workspace, Map.of()));
            try {
                run(server, workspace);
            } finally {
                Api.checked(api.first("DELETE", "/v1/workspaces/" + workspace));
            }
        }
        report();
        if (!failures.isEmpty()) {
            throw new IOException("%d of %d sessions ended: %s".formatted(failures.size(), sessions, failures.peek()));
        }
        return 0;
    }

    private void within(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), option + " takes 1 to " + most);
        }
    }

    private void run(ServerOptions.Server server, String workspace) throws InterruptedException {
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            List<Thread> running = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                String card = "card-" + i;
                running.add(Thread.ofVirtual().start(() -> move(http, server, workspace, card, end)));
            }
            long before = 0;
            for (int second = 1; running.stream().anyMatch(Thread::isAlive); second++) {
                Thread.sleep(Duration.ofSeconds(1));
                long now = tally.accepted();
                say("%3d s  %,8d calls/s  p50 %.1f ms  p99 %.1f ms"
                        .formatted(second, now - before, tally.quantile(0.5), tally.quantile(0.99)));
                before = now;
            }
        }
    }

    private void move(HttpClient http, ServerOptions.Server server, String workspace, String card, long end) {
        try (var socket = Conversation.open(http, server.address(), workspace, server.token())) {
            socket.say("{\"type\":\"hello\",\"id\":0,\"subs\":[]}");
            socket.hear("welcome");
            ask(socket, 1, "add_card", "{\"id\":\"%s\",\"title\":\"load\",\"column\":0}".formatted(card));
            for (int i = 2; System.nanoTime() < end; i++) {
                ask(socket, i, "move_card", "{\"id\":\"%s\",\"column\":%d,\"rank\":%d}".formatted(card, i % 3, i));
            }
        } catch (IOException e) {
            failures.add(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Conversation socket, int id, String reducer, String args)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        socket.say("{\"type\":\"call\",\"id\":%d,\"reducer\":\"%s\",\"args\":%s}".formatted(id, reducer, args));
        JsonNode outcome = socket.hear("outcome");
        if (outcome.path("ok").asBoolean()) {
            tally.accepted(System.nanoTime() - start);
        } else {
            Refused refused = Refused.of(outcome);
            tally.refused(refused.code());
            // Who is refused at once and asks again at once measures refusals alone.
            Thread.sleep(Duration.ofMillis(refused.waitMillis()));
        }
    }

    private void report() {
        say("%,d calls durable in %d s by %d sessions: %,.0f a second, p50 %.1f ms, p99 %.1f ms"
                .formatted(
                        tally.accepted(),
                        seconds,
                        sessions,
                        (double) tally.accepted() / seconds,
                        tally.quantile(0.5),
                        tally.quantile(0.99)));
        tally.refused().forEach((code, count) -> say("refused  %s  %,d".formatted(code, count.sum())));
    }

    private void say(String line) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
