package io.skein.engine.presence;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;

/** What a relay has seen of one of its sessions; the last one of a session says all there is to know of it. */
public sealed interface Sighting {
    /** The session's number at its relay. */
    long session();

    /** It is here, and this is all of its state. */
    record Here(long session, Identity identity, Json state, boolean active) implements Sighting {}

    /** Its socket is gone; whoever it was may come back. */
    record Away(long session) implements Sighting {}

    /** It is not here any more, and has said so or was sent away. */
    record Left(long session) implements Sighting {}
}
