package io.skein.load.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A history as NDJSON: an {@link Event} a line. */
public final class HistoryFile implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final ObjectReader READER = JSON.readerFor(Event.class);
    private static final ObjectWriter WRITER = JSON.writerFor(Event.class);

    private final Path path;
    private final BufferedWriter out;

    private HistoryFile(Path path) throws IOException {
        this.path = path;
        this.out = Files.newBufferedWriter(path);
    }

    /** Starts a new file. */
    public static HistoryFile create(Path path) throws IOException {
        return new HistoryFile(path);
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /** Appends a line; one thread at a time. */
    public synchronized void add(Event event) {
        try {
            out.write(WRITER.writeValueAsString(event));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Reads a whole file. */
    public static List<Event> read(Path path) throws IOException {
        var events = new ArrayList<Event>();
        try (BufferedReader in = Files.newBufferedReader(path)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                events.add(READER.readValue(line));
            }
        }
        return events;
    }
}
