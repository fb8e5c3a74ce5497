package io.skein.engine.codec;

import io.skein.engine.schema.Bytes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that seal secret columns: one to seal with, all of them to open. Sealed values name their key, so keys rotate: a new one is added on every node,
 * then made the current one; an old one stays for as long as a journal, snapshot or export has values of it.
 *
 * <p>Keys are the process's, as its environment is: what encodes values is static and deep inside, and a key handed down to it through every caller would
 * be the same one everywhere. See {@link #use}.
 */
public final class SecretKeys {
    /** Without keys nothing secret can be kept, or read. */
    public static final SecretKeys NONE = new SecretKeys(Map.of(), null);

    private static volatile SecretKeys inUse = NONE;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    private final Map<String, SecretKey> keys;
    private final @Nullable SecretKey current;

    private SecretKeys(Map<String, SecretKey> keys, @Nullable SecretKey current) {
        this.keys = Map.copyOf(keys);
        this.current = current;
    }

    /**
     * @param keys each {@code id:} and 32 bytes in base64
     * @param currentId the one to seal with; empty: the first
     * @throws IllegalArgumentException naming the id of a key that is none; never its bytes
     */
    public static SecretKeys of(List<String> keys, String currentId) {
        if (keys.isEmpty() && currentId.isEmpty()) {
            return NONE;
        }
        var parsed = new HashMap<String, SecretKey>();
        var order = new ArrayList<SecretKey>();
        for (String text : keys) {
            SecretKey key = parse(text);
            if (parsed.put(key.id(), key) != null) {
                throw new IllegalArgumentException("key \"" + key.id() + "\" is there twice");
            }
            order.add(key);
        }
        SecretKey current = currentId.isEmpty() ? order.getFirst() : parsed.get(currentId);
        if (current == null) {
            throw new IllegalArgumentException("there is no key \"" + currentId + "\"");
        }
        return new SecretKeys(parsed, current);
    }

    private static SecretKey parse(String text) {
        int colon = text.indexOf(':');
        String id = colon < 0 ? "" : text.substring(0, colon);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "a key is an id of 1 to 64 letters, digits, _, . and -, a colon, and 32 bytes in base64");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            // The cause would show a character of the key.
            throw new IllegalArgumentException("key \"" + id + "\" is not in base64");
        }
        if (bytes.length != SecretKey.BYTES) {
            throw new IllegalArgumentException("key \"" + id + "\" has not " + SecretKey.BYTES + " bytes");
        }
        return new SecretKey(id, bytes);
    }

    /**
     * From now on this process seals with these, and opens with these and with those before: several nodes in one process, as tests have them, read what
     * each wrote. Called at a node's start, before any workspace is opened.
     */
    public static synchronized void use(SecretKeys keys) {
        inUse = keys.over(inUse);
    }

    /** These alone. */
    static synchronized void useOnly(SecretKeys keys) {
        inUse = keys;
    }

    private SecretKeys over(SecretKeys before) {
        var all = new HashMap<>(before.keys);
        all.putAll(keys);
        return new SecretKeys(all, current == null ? before.current : current);
    }

    static SecretKeys inUse() {
        return inUse;
    }

    /**
     * @param place what the value belongs to; it opens nowhere else
     * @throws NoSecretKeyException if there is no key
     */
    void seal(ByteWriter out, byte[] place, byte[] plain) {
        if (current == null) {
            throw new NoSecretKeyException();
        }
        out.string(current.id()).bytes(current.seal(place, plain));
    }

    /**
     * @throws SealedException if the key is not here
     * @throws CorruptException if it is not what was sealed there
     */
    byte[] open(String keyId, byte[] place, Bytes sealed) {
        SecretKey key = keys.get(keyId);
        if (key == null) {
            throw new SealedException(keyId);
        }
        return key.open(place, sealed.toArray());
    }

    /** The ids, and no key. */
    @Override
    public String toString() {
        return "SecretKeys" + keys.keySet();
    }
}
