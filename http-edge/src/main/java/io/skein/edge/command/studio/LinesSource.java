package io.skein.edge.command.studio;

import io.skein.edge.command.flow.Oddities;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.CountingStream;
import io.skein.edge.command.imports.Digests;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.command.studio.SnapshotReader.Origin;
import io.skein.edge.json.BadJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file with a workflow a line, gzip or not. A workflow without an id has one made of its line, so that it keeps it wherever the line goes; equal
 * lines are counted.
 */
final class LinesSource implements Source {
    private static final int ID_BYTES = 10;

    private final Path file;
    private final Workspace workspace;
    private final String by;
    private final Oddities oddities;
    private final Skips skips;
    private final double size;
    private final AtomicLong read = new AtomicLong();
    private final Map<String, Integer> copiesById = new HashMap<>();

    /** @param by who is said to have changed a workflow last that does not say it */
    LinesSource(Path file, Workspace workspace, String by, Oddities oddities, Skips skips) throws IOException {
        this.file = file;
        this.workspace = workspace;
        this.by = by;
        this.oddities = oddities;
        this.skips = skips;
        this.size = Math.max(1, Files.size(file));
    }

    @Override
    public void readInto(Sink sink) throws IOException, ApiException, InterruptedException {
        if (!sink.workspace(file.toString(), workspace)) {
            return;
        }
        try (var counted = new CountingStream(Files.newInputStream(file));
                var lines = new Lines(counted)) {
            for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
                read.set(counted.count());
                if (!line.isBlank()) {
                    workflow(line, sink);
                }
            }
        }
    }

    private void workflow(Lines.Line line, Sink sink) throws ApiException, InterruptedException {
        String place = "line " + line.number();
        oddities.at(place);
        try {
            byte[] bytes = line.required();
            var origin = new Origin(id(bytes), "Workflow " + line.number(), workspace.createdAt(), by);
            sink.workflow(place, workspace.id(), SnapshotReader.read(bytes, origin, oddities));
        } catch (BadJson e) {
            skips.add(Skips.Why.UNREADABLE, place, String.valueOf(e.getMessage()));
        }
    }

    private String id(byte[] line) {
        String id = workspace.id() + "-" + Digests.hex(line, ID_BYTES);
        int copies = copiesById.merge(id, 1, Integer::sum);
        return copies == 1 ? id : id + "-" + copies;
    }

    @Override
    public double fraction() {
        return read.get() / size;
    }
}
