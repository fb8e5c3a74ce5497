package io.skein.edge.command.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skein.edge.command.flow.Oddities;
import io.skein.edge.command.flow.WorkflowReader;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.command.studio.SnapshotReader.Origin;
import io.skein.edge.json.BadJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of JSON files. Either the studio's own, {@code workspaces/ID/manifest.json} with workflows in {@code workspaces/ID/workflows} and
 * documents in {@code manifest.json}; or any other, in which every JSON file, however deep, is a workflow of one workspace.
 */
final class DirectorySource implements Source {
    private final Path directory;
    private final Workspace workspace;
    private final String by;
    private final Oddities oddities;
    private final Skips skips;
    private volatile double fraction;

    /**
     * @param workspace for workflows of a directory that is not the studio's own
     * @param by who is said to have changed a workflow last that does not say it
     */
    DirectorySource(Path directory, Workspace workspace, String by, Oddities oddities, Skips skips) {
        this.directory = directory;
        this.workspace = workspace;
        this.by = by;
        this.oddities = oddities;
        this.skips = skips;
    }

    @Override
    public double fraction() {
        return fraction;
    }

    @Override
    public void readInto(Sink sink) throws IOException, ApiException, InterruptedException {
        Path workspaces = directory.resolve("workspaces");
        if (Files.isDirectory(workspaces)) {
            readOwn(folders(workspaces), sink);
        } else if (sink.workspace(directory.toString(), workspace)) {
            List<Path> files = files();
            for (int i = 0; i < files.size(); i++) {
                fraction = (double) i / files.size();
                workflow(files.get(i), workspace.id(), origin(files.get(i)), sink);
            }
        }
    }

    private static List<Path> folders(Path workspaces) throws IOException {
        try (Stream<Path> found = Files.list(workspaces)) {
            return found.sorted().toList();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private String place(Path file) {
        return directory.relativize(file).toString();
    }

    /** A file is its path within the directory. */
    private Origin origin(Path file) throws IOException {
        String path = place(file).replaceAll("\\.json$", "");
        String name = String.valueOf(file.getFileName()).replaceAll("\\.json$", "");
        return new Origin(path.replaceAll("[^A-Za-z0-9_-]+", "-"), name, changed(file), by);
    }

    private static String changed(Path file) throws IOException {
        return ImportStudio.time(Files.getLastModifiedTime(file).toInstant());
    }

    private void workflow(Path file, String workspaceId, Origin origin, Sink sink)
            throws IOException, ApiException, InterruptedException {
        String place = place(file);
        oddities.at(place);
        try {
            sink.workflow(place, workspaceId, SnapshotReader.read(bytes(file), origin, oddities));
        } catch (BadJson e) {
            skips.add(Skips.Why.UNREADABLE, place, String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(Path file) throws IOException, BadJson {
        if (Files.size(file) > Lines.MAX_LINE_BYTES) {
            throw BadJson.unexpected("larger than " + Lines.MAX_LINE_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }

    // ---- the studio's own

    private void readOwn(List<Path> folders, Sink sink) throws IOException, ApiException, InterruptedException {
        for (int i = 0; i < folders.size(); i++) {
            fraction = (double) i / folders.size();
            Path manifest = folders.get(i).resolve("manifest.json");
            if (Files.isRegularFile(manifest)) {
                ownWorkspace(manifest, sink);
            } else {
                skips.add(Skips.Why.UNREADABLE, place(folders.get(i)), "it has no manifest.json");
            }
        }
        Path manifest = directory.resolve("manifest.json");
        if (Files.isRegularFile(manifest)) {
            documents(manifest, sink);
        }
    }

    private void ownWorkspace(Path manifest, Sink sink) throws IOException, ApiException, InterruptedException {
        JsonNode root;
        try {
            root = tree(manifest);
            JsonNode about = root.path("workspace");
            String created = text(about, "createdAt", changed(manifest));
            var own = new Workspace(
                    required(about, "id"), required(about, "name"), created, text(about, "updatedAt", created));
            if (!sink.workspace(place(manifest), own)) {
                return;
            }
        } catch (BadJson e) {
            skips.add(Skips.Why.UNREADABLE, place(manifest), String.valueOf(e.getMessage()));
            return;
        }
        String workspaceId = root.path("workspace").path("id").asText();
        Path folder = manifest.resolveSibling("workflows");
        for (JsonNode entry : root.path("workflows")) {
            String id = text(entry, "id", "");
            // A manifest names files of its own folder and no others.
            Path file = folder.resolve(id.replaceAll("[/\\\\]|^\\.+$", "_") + ".json");
            if (id.isEmpty() || !Files.isRegularFile(file)) {
                skips.add(Skips.Why.UNREADABLE, place(manifest), "there is no file for workflow \"" + id + "\"");
                continue;
            }
            String created = text(entry, "createdAt", changed(file));
            var origin = new Origin(id, text(entry, "name", id), created, text(entry, "lastModifiedBy", by));
            workflow(file, workspaceId, origin, new Told(sink, entry, id));
        }
    }

    /** The manifest knows better than the file what a workflow is called and when it was changed. */
    private record Told(Sink sink, JsonNode entry, String id) implements Sink {
        @Override
        public boolean workspace(String place, Workspace workspace) throws ApiException, InterruptedException {
            return sink.workspace(place, workspace);
        }

        @Override
        public void workflow(String place, String workspaceId, Snapshot read)
                throws ApiException, InterruptedException {
            sink.workflow(
                    place,
                    workspaceId,
                    new Snapshot(
                            id,
                            text(entry, "name", read.name()),
                            read.nodesJson(),
                            read.edgesJson(),
                            read.uiStateJson(),
                            text(entry, "createdAt", read.createdAt()),
                            text(entry, "updatedAt", read.updatedAt()),
                            text(entry, "lastModifiedBy", read.lastModifiedBy()),
                            read.nodes(),
                            read.edges()));
        }

        @Override
        public void document(String place, Document document) throws ApiException, InterruptedException {
            sink.document(place, document);
        }
    }

    private void documents(Path manifest, Sink sink) throws IOException, ApiException, InterruptedException {
        JsonNode root;
        try {
            root = tree(manifest);
        } catch (BadJson e) {
            skips.add(Skips.Why.UNREADABLE, place(manifest), String.valueOf(e.getMessage()));
            return;
        }
        int number = 0;
        for (JsonNode entry : root.path("documents")) {
            String place = place(manifest) + ", document " + ++number;
            if (entry.hasNonNull("deletedAt")) {
                skips.add(Skips.Why.DELETED, place, "it is deleted");
                continue;
            }
            try {
                sink.document(place, document(entry, manifest));
            } catch (BadJson e) {
                skips.add(Skips.Why.UNREADABLE, place, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Content is what is left when the columns of their own are taken away. */
    private static Document document(JsonNode entry, Path manifest) throws IOException, BadJson {
        String id = required(entry, "id");
        String workspaceId = required(entry, "workspaceId");
        ObjectNode content = entry.deepCopy();
        content.remove(List.of("id", "workspaceId", "title", "deletedAt"));
        String created = text(entry, "createdAt", changed(manifest));
        return new Document(
                id,
                workspaceId,
                text(entry, "title", ""),
                content.toString(),
                created,
                text(entry, "updatedAt", created));
    }

    private static JsonNode tree(Path file) throws IOException, BadJson {
        return WorkflowReader.JSON.<JsonNode>read(bytes(file), parser -> parser.readValueAsTree());
    }

    private static String required(JsonNode object, String member) throws BadJson {
        String text = text(object, member, "");
        if (text.isEmpty()) {
            throw BadJson.unexpected("it has no " + member);
        }
        return text;
    }

    private static String text(JsonNode object, String member, String otherwise) {
        String text = object.path(member).asText("");
        return text.isBlank() ? otherwise : text;
    }
}
