package io.skein.load.bank;

import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;

/** A system that keeps accounts and moves money between them, as a process of its own. */
interface Bank {
    /** The name in tables and files. */
    String name();

    /**
     * Starts it over an empty database, makes the accounts 0 to n-1, and returns once transfers may begin.
     *
     * @param initialBalance of each account
     * @param directory for its log and data; exists and is empty
     */
    Running start(Database database, int accounts, long initialBalance, Path directory)
            throws IOException, InterruptedException, SQLException;

    /** A bank that is open; closing it stops the process. */
    interface Running extends AutoCloseable {
        ServerProcess process();

        Door door();

        /** What it says now; nobody may be transferring. */
        Books books() throws IOException, InterruptedException, SQLException;

        @Override
        void close();
    }

    /**
     * Where clients come in.
     *
     * @param system what they speak, as {@code peers/bank-clients} names it
     * @param database the name of the workspace; empty where there is none
     */
    record Door(String system, URI base, String database) {}
}
