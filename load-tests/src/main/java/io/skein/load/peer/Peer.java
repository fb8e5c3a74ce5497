package io.skein.load.peer;

import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A system under load, as a process of its own. */
public interface Peer {
    /** The name in tables and files. */
    String name();

    /** What its acknowledgement means, in a few words. */
    String promise();

    /**
     * Starts the system over an empty database, makes the rooms, and returns once it serves.
     *
     * @param directory for its log and data; exists and is empty
     */
    Running start(Database database, int rooms, int members, Path directory) throws IOException, InterruptedException;

    /** Whether what is acknowledged must be there after the system was killed. */
    boolean isDurable();

    /**
     * Starts it once more over what it left, with the same rooms and members.
     *
     * @param before as it was
     * @param directory as before
     */
    default Running again(Running before, Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        return start(database, rooms, members, directory);
    }

    /**
     * A system that serves; {@link #close} stops it.
     *
     * @param seats every member of every room, room by room
     * @param metrics where it says in Prometheus' format how it is; null if it does not
     */
    record Running(
            ServerProcess process,
            List<Seat> seats,
            Wire wire,
            @Nullable URI metrics) implements AutoCloseable {
        /** One that says nothing of itself. */
        public Running(ServerProcess process, List<Seat> seats, Wire wire) {
            this(process, seats, wire, null);
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
