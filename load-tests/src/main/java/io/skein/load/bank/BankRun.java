package io.skein.load.bank;

import io.skein.load.machine.Database;
import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.ProcessorTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;

/** Runs one bank after the other on the same PostgreSQL, each from an empty database to closed books. */
final class BankRun {
    private final PostgresServer postgres;
    private final OptionalLong postmaster;
    private final Load load;

    BankRun(PostgresServer postgres, Load load) throws SQLException {
        this.postgres = postgres;
        this.postmaster = postgres.postmaster();
        this.load = load;
    }

    /**
     * One bank, once.
     *
     * @param number of the round, from 1
     * @param exponent of the Zipf distribution, 0 for uniform
     * @param directory for logs and data
     */
    Turn turn(int number, double exponent, Bank bank, Path directory)
            throws IOException, InterruptedException, SQLException {
        Files.createDirectories(directory);
        Database database = postgres.create("load");
        try (Bank.Running running = bank.start(database, load.accounts(), load.initialBalance(), directory);
                Clients clients = Clients.connect(running.door(), load, exponent, directory)) {
            Books before = running.books();
            postgres.checkpoint();
            clients.start();
            clients.work(load.warmUpSeconds());
            ProcessHandle server = running.process().handle();
            ProcessorTime begun = ProcessorTime.now(server, postmaster, clients.handles());
            clients.open();
            clients.work(load.seconds());
            Answers.Window window = clients.closeWindow();
            ProcessorTime cpu =
                    ProcessorTime.now(server, postmaster, clients.handles()).since(begun);
            Answers.Totals totals = clients.stop();
            running.process().requireAlive();
            List<String> findings = running.books().findings(before, totals.accepted(), totals.flows());
            return new Turn(number, exponent, bank.name(), window, cpu, totals, findings);
        } finally {
            postgres.drop("load");
        }
    }
}
