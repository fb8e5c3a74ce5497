package io.skein.persistence.bridge;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where events may go, and how patiently they are carried.
 *
 * @param targets none: nothing leaves
 * @param poll how often a courier looks for what is due
 * @param atOnce deliveries to one target at once
 * @param timeout of one attempt, all of it
 * @param retryMin pause after the first failure; twice as long after each further one, up to {@code retryMax}, and up to half of it is left to chance
 * @param maxAttempts after so many an event is given up
 * @param maxAge what is older is given up, whether or not it was tried
 */
public record BridgeSettings(
        List<Target> targets,
        Duration poll,
        int atOnce,
        Duration timeout,
        Duration retryMin,
        Duration retryMax,
        int maxAttempts,
        Duration maxAge) {
    /** Nothing leaves. */
    public static final BridgeSettings DEFAULT = new BridgeSettings(
            List.of(),
            Duration.ofMillis(500),
            4,
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            20,
            Duration.ofHours(24));

    public BridgeSettings {
        targets = List.copyOf(targets);
    }

    /** What a target is. */
    public enum Type {
        /** An HTTP server that is sent a POST. */
        WEBHOOK,
        /** A Nostr relay (NIP-01). */
        NOSTR
    }

    /**
     * Another system.
     *
     * @param name lower-case letters, digits and underscores: it is part of the names of meters
     * @param url {@code http(s)} or {@code ws(s)}, as the type is
     * @param secret of a webhook: what signs its requests, or empty; of a relay: the private key, 64 hex digits
     * @param eventKind of a relay: the kind of its events
     * @param allow which events go there, each {@code module/kind}; the kind may end in {@code *}
     * @param allowPrivateAddress whether it may have an address of this machine or of a private network
     */
    public record Target(
            String name,
            Type type,
            URI url,
            String secret,
            int eventKind,
            List<String> allow,
            boolean allowPrivateAddress) {
        public Target {
            allow = List.copyOf(allow);
        }

        /** Whether policy lets such an event go there. */
        public boolean allows(String module, String kind) {
            String event = module + "/" + kind;
            return allow.stream()
                    .anyMatch(pattern -> pattern.endsWith("*")
                            ? event.startsWith(pattern.substring(0, pattern.length() - 1))
                            : event.equals(pattern));
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Target[" + name + ", " + type + ", " + url.getHost() + "]";
        }
    }
}
