package io.skein.edge.command.imports;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The token of an identity that an import made, kept so that the next import is the same owner. One file for each server. */
public final class TokenFile {
    private final Path file;

    public TokenFile(Path directory, URI server) {
        this.file =
                directory.resolve("import-token-" + server.getAuthority().replaceAll("[^A-Za-z0-9.-]", "_") + ".jwt");
    }

    Path path() {
        return file;
    }

    public Optional<String> read() throws IOException {
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    /** Complete or not at all, and for its owner's eyes only, as temporary files are where the file system knows owners. */
    void write(String token) throws IOException {
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        Path unnamed = Files.createTempFile(directory, "import-token", ".new");
        try {
            Files.writeString(unnamed, token + "\n");
            Files.move(unnamed, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unnamed);
        }
    }
}
