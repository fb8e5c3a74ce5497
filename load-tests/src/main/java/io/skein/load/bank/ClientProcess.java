package io.skein.load.bank;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One process of clients: orders in, a line of JSON out for each answer, see {@code peers/bank-clients/drive.ts}. It does not outlive this JVM. */
final class ClientProcess implements AutoCloseable {
    /** For connecting, and for whatever is in flight at the end. */
    private static final int ANSWER_SECONDS = 90;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final Path log;

    private ClientProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.orders = process.outputWriter(UTF_8);
        this.answers = process.inputReader(UTF_8);
        this.log = log;
    }

    /**
     * Starts it; it connects at once. It ends by itself when nobody is there to give it orders.
     *
     * @param log for what it complains of
     */
    static ClientProcess start(String name, Map<String, Object> orders, Path home, Path log) throws IOException {
        Process process = new ProcessBuilder("node", "--import", "tsx", "drive.ts", JSON.writeValueAsString(orders))
                .directory(home.toFile())
                .redirectError(log.toFile())
                .start();
        return new ClientProcess(name, process, log);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    void tell(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
    }

    /** Waits for the answer of this name, the next one it gives. */
    JsonNode hear(String said) throws IOException, InterruptedException {
        JsonNode answer = JSON.readTree(line());
        if (!answer.path("said").asText().equals(said)) {
            throw new IOException(name + " said " + answer.path("said") + " and not " + said);
        }
        return answer;
    }

    private String line() throws IOException, InterruptedException {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(this::readLine, Thread::startVirtualThread);
        try {
            return line.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(name + " ended:\n" + Files.readString(log), e);
        } catch (TimeoutException e) {
            throw new IOException(name + " has not answered for " + ANSWER_SECONDS + " s, see " + log, e);
        }
    }

    private String readLine() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("no more answers");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits, and fails if it ends meanwhile. */
    void requireAliveFor(long nanos) throws InterruptedException {
        if (process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ", see " + log);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
