package io.skein.engine.module;

/**
 * What became of an {@link Outgoing} at one target: the arguments of the reducer that an {@link OutboxRule} names.
 *
 * @param target as the node's settings call it; empty where policy lets it go nowhere
 * @param sent whether the target has it; if not, it has been given up
 * @param attempts how often it was tried
 * @param detail why it was given up
 * @param remaining targets of it that are not settled yet; what says 0 may come before what says 1
 */
public record Settled(String id, String target, boolean sent, int attempts, String detail, int remaining) {}
