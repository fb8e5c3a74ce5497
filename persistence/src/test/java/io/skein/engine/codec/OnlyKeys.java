package io.skein.engine.codec;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The keys of a process whose settings were changed. */
public final class OnlyKeys {
    private OnlyKeys() {}

    /** From now on there is one key, of this id. */
    public static void use(String id) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) id.hashCode());
        SecretKeys.useOnly(SecretKeys.of(List.of(id + ":" + Base64.getEncoder().encodeToString(bytes)), ""));
    }
}
