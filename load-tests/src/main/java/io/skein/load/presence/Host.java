package io.skein.load.presence;

import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A system that can have a room in which people come and go. */
interface Host {
    /** The name in tables and files. */
    String name();

    /** What it does, in half a line. */
    String does();

    /** Fetches what it needs from a package registry, once. */
    void install() throws IOException, InterruptedException;

    /**
     * Starts it and returns once people can come in.
     *
     * @param people how many may ever do so
     * @param directory for its log and data; exists and is empty
     */
    Open open(int people, Path directory) throws IOException, InterruptedException, SQLException;

    /** A room that is open; closing it stops the process. */
    interface Open extends AutoCloseable {
        ServerProcess process();

        /** The database's process if it has one on this machine. */
        OptionalLong postmaster();

        URI socket();

        /** What sockets ask for, if anything. */
        @Nullable
        String subprotocol();

        Dialect dialect();

        People people();

        /** Who is here by an answer over HTTP, where there is such a thing. */
        News.@Nullable Count asked() throws IOException, InterruptedException;

        @Override
        void close() throws SQLException;
    }
}
