package io.skein.engine.presence;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;

/**
 * Somebody whose seat is kept, as one board tells it to the next: without a socket, or with one at a node that may be leaving.
 *
 * @param leftMillis how much of the grace is left
 */
public record Absent(Seat seat, Identity identity, Json state, boolean active, long leftMillis) {}
