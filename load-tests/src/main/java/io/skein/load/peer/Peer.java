package io.skein.load.peer;

import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A system under load, as a process of its own. */
public interface Peer {
    /** The name in tables and files. */
    String name();

    /**
     * Starts the system over an empty database, makes the rooms, and returns once it serves.
     *
     * @param directory for its log and data; exists and is empty
     */
    Running start(Database database, int rooms, int members, Path directory) throws IOException, InterruptedException;

    /**
     * A system that serves; {@link #close} stops it.
     *
     * @param seats every member of every room, room by room
     */
    record Running(ServerProcess process, List<Seat> seats, Wire wire) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }
}
