package io.skein.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Data directories of nodes. Test classes run in several JVMs side by side, each with directories of its own; unpacking
 * PostgreSQL takes seconds, so all share what the first of them has unpacked.
 */
public final class NodeFolder {
    /** PostgreSQL's programs. */
    public static final Path BINARIES = Path.of("target", "postgresql-binaries").toAbsolutePath();

    private NodeFolder() {}

    /** A data directory of this name below {@code target/}, of this JVM alone; it stays as it is between runs. */
    public static Path of(String name) {
        return at(Path.of("target", System.getProperty("test.fork", "fork"), name));
    }

    /** A data directory, made if it is not there. */
    public static Path at(Path folder) {
        try {
            Files.createDirectories(BINARIES);
            Path postgres = Files.createDirectories(folder.toAbsolutePath().resolve("postgresql"));
            Files.createSymbolicLink(postgres.resolve("binaries"), BINARIES);
        } catch (FileAlreadyExistsException _) {
            // of an earlier run
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder.toAbsolutePath();
    }
}
