package io.skein.engine.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.schema.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Bytes of a released format with what they mean: lines of a description behind {@code #}, then hex. {@code -Dgolden.write=true} writes files
 * instead of comparing; a file of a released version is never written again, a new version gets new files.
 */
record GoldenFile(String description, Bytes bytes) {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
    private static final int LINE = 100;

    static GoldenFile read(String name) {
        try {
            List<String> lines = Files.readAllLines(FOLDER.resolve(name));
            String description = lines.stream()
                    .filter(line -> line.startsWith("#"))
                    .map(line -> line.substring(line.length() > 1 ? 2 : 1))
                    .collect(Collectors.joining("\n"));
            String hex = lines.stream().filter(line -> !line.startsWith("#")).collect(Collectors.joining());
            return new GoldenFile(description, Bytes.of(HexFormat.of().parseHex(hex)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requires that today's code writes this file. */
    void requireSame(String name) {
        if (Boolean.getBoolean("golden.write")) {
            write(name);
        }
        GoldenFile released = read(name);
        assertEquals(released.description, description, name);
        assertEquals(hex(released.bytes), hex(bytes), name);
    }

    private void write(String name) {
        var text = new StringBuilder();
        description
                .lines()
                .forEach(line ->
                        text.append(line.isEmpty() ? "#" : "# ").append(line).append('\n'));
        String hex = hex(bytes);
        for (int at = 0; at < hex.length(); at += LINE) {
            text.append(hex, at, Math.min(hex.length(), at + LINE)).append('\n');
        }
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }
}
