package io.skein.edge.node;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.KeyFile;
import io.skein.engine.codec.SecretKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Where a process has the keys from that seal secret columns. */
public final class Seals {
    /** The name of the key that is made, within the data directory. */
    public static final String NAME = "secrets-key";

    private static final int KEY_BYTES = 32;
    private static final int ID_BYTES = 4;

    private Seals() {}

    /**
     * Takes the keys into use: those that are configured, or, for a node that is no part of a cluster, the one in its data directory. Nodes of a cluster
     * cannot each make one of their own: none could read what another wrote.
     *
     * @throws IllegalArgumentException if a configured key is none
     * @throws UncheckedIOException if a key has to be made, and cannot
     */
    public static void use(SkeinSettings settings) {
        SkeinSettings.Secrets secrets = settings.secrets();
        boolean isMade =
                secrets.keys().isEmpty() && settings.cluster().environment() == SkeinSettings.Environment.SINGLE;
        SecretKeys.use(SecretKeys.of(isMade ? List.of(made(settings.dataDir())) : secrets.keys(), secrets.current()));
    }

    /** The same for a command that only reads: makes no key. */
    public static void useToRead(SkeinSettings settings) {
        if (!settings.secrets().keys().isEmpty()
                || Files.exists(settings.dataDir().resolve(NAME))) {
            use(settings);
        }
    }

    private static String made(Path directory) {
        try {
            return KeyFile.readOrMake(directory, NAME, Seals::generate).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the key for secrets in " + directory + " cannot be had", e);
        }
    }

    /** The id tells this installation's key from those of others, in whose databases its data may end up. */
    private static String generate() {
        var random = new SecureRandom();
        var id = new byte[ID_BYTES];
        var key = new byte[KEY_BYTES];
        random.nextBytes(id);
        random.nextBytes(key);
        return "made-" + HexFormat.of().formatHex(id) + ":"
                + Base64.getEncoder().encodeToString(key) + "\n";
    }
}
