package io.skein.engine.presence;

/**
 * A session's number over all nodes.
 *
 * @param relay a random number that its relay has chosen
 * @param session the session's number at that relay
 */
public record Seat(long relay, long session) {}
