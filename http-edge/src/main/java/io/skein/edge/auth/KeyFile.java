package io.skein.edge.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys of an installation that has none configured: made once in the data directory, readable by their owner alone. */
public final class KeyFile {
    /** The signing key's name within the data directory. It holds a JWK. */
    public static final String NAME = "signing-key.json";

    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private KeyFile() {}

    /**
     * The key in {@code directory}, made if there is none. Two processes that start at once get the same one.
     *
     * @throws IOException if the directory cannot be written to or the file cannot be read
     * @throws IllegalArgumentException if the file holds no key
     */
    public static SigningKey loadOrCreate(Path directory) throws IOException {
        return SigningKey.parse(
                readOrMake(directory, NAME, () -> SigningKey.generate().jwk().toJSONString()));
    }

    /**
     * What the file of this name in {@code directory} holds, made if there is none.
     *
     * @throws IOException if the directory cannot be written to or the file cannot be read
     */
    public static String readOrMake(Path directory, String name, Supplier<String> make) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) create(directory, file, make);
        var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && !OWNER_ONLY.containsAll(view.readAttributes().permissions())) {
            LOG.warn("{} can be read by others than its owner, and is a secret", file);
        }
        return Files.readString(file);
    }

    /** Complete and on disk before it has its name, so that nobody ever reads half a key. */
    private static void create(Path directory, Path file, Supplier<String> make) throws IOException {
        Files.createDirectories(directory);
        // The JDK makes temporary files readable by their owner alone where the file system knows owners.
        Path unnamed = Files.createTempFile(directory, file.getFileName().toString(), ".new");
        try {
            byte[] text = make.get().getBytes(StandardCharsets.UTF_8);
            try (FileChannel channel = FileChannel.open(unnamed, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text);
                while (bytes.hasRemaining()) channel.write(bytes);
                channel.force(true);
            }
            Files.createLink(file, unnamed);
            LOG.info("made a key: {}", file);
        } catch (FileAlreadyExistsException e) {
            LOG.info("another process was first to make {}", file);
        } finally {
            Files.delete(unnamed);
        }
    }
}
