package io.skein.load.bank;

import io.skein.load.machine.Limits;
import io.skein.load.machine.PostgresServer;
import io.skein.load.peer.Surroundings;
import io.skein.load.report.Markdown;
import io.skein.load.report.Progress;
import io.skein.load.report.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Transfers between the accounts of one bank: Skein over the SpacetimeDB SDK beside a Node server that does them in SQL. */
@Command(
        name = "transfer",
        mixinStandardHelpOptions = true,
        description =
                "Transfers between accounts; Skein over the SpacetimeDB SDK beside a Node server with PostgreSQL.")
public final class Transfer implements Callable<Integer> {
    @Option(names = "--accounts", defaultValue = "100000", description = "default ${DEFAULT-VALUE}")
    private int accounts;

    @Option(names = "--balance", defaultValue = "1000000", description = "of each at first, default ${DEFAULT-VALUE}")
    private long initialBalance;

    @Option(names = "--connections", defaultValue = "64", description = "default ${DEFAULT-VALUE}")
    private int connections;

    @Option(names = "--in-flight", defaultValue = "40", description = "of each connection, default ${DEFAULT-VALUE}")
    private int inFlight;

    @Option(names = "--clients", defaultValue = "2", description = "processes of clients, default ${DEFAULT-VALUE}")
    private int processes;

    @Option(
            names = "--zipf",
            split = ",",
            defaultValue = "0,1.5",
            description = "exponents by which accounts are chosen, 0 for uniform, default ${DEFAULT-VALUE}")
    private List<Double> exponents = List.of();

    @Option(names = "--seconds", defaultValue = "20", description = "measured, default ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--warmup", defaultValue = "20", description = "seconds before that, default ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--rounds", defaultValue = "2", description = "default ${DEFAULT-VALUE}; every other one backwards")
    private int rounds;

    @Option(
            names = "--banks",
            split = ",",
            defaultValue = RpcBank.NAME + "," + SkeinBank.NAME + "," + RpcBank.FUNCTION,
            description = "who runs in a round, in turn, default ${DEFAULT-VALUE}")
    private List<String> banks = List.of();

    @Option(names = "--seed", defaultValue = "1", description = "of the dice that choose accounts")
    private int seed;

    @Option(
            names = "--limit-seconds",
            defaultValue = "4",
            description = "of each measurement of the machine's limits, 0 for none, default ${DEFAULT-VALUE}")
    private int limitSeconds;

    @Option(names = "--reference", description = "KEY=VALUE for the environment of the reference, repeatable")
    private Map<String, String> reference = new LinkedHashMap<>();

    @Mixin
    private Surroundings surroundings = new Surroundings();

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs everything; 0, or 1 if a bank's books are wrong or it refused what it should have done. */
    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        Path directory = surroundings.results("transfer");
        var load = new Load(accounts, initialBalance, connections, inFlight, processes, warmUpSeconds, seconds, seed);
        var progress = new Progress(Objects.requireNonNull(spec).commandLine().getOut());
        progress.say(load.describe());
        String startedAt = Instant.now().toString();
        try (PostgresServer postgres = surroundings.postgres(directory)) {
            List<Turn> turns = turns(new BankRun(postgres, load), load, directory, progress);
            Map<String, String> machine = Limits.describe(postgres, limitSeconds, progress::say);
            Result result = BankReport.of(load, turns, startedAt, machine, reference);
            result.leave(directory, progress);
            return result.findings().isEmpty() ? 0 : 1;
        }
    }

    private List<Turn> turns(BankRun run, Load load, Path directory, Progress progress)
            throws IOException, InterruptedException, SQLException {
        var turns = new ArrayList<Turn>();
        for (double exponent : exponents) {
            for (int round = 1; round <= rounds; round++) {
                for (String name : round % 2 == 1 ? banks : banks.reversed()) {
                    Path logs = directory.resolve(turns.size() + 1 + "-" + name);
                    Turn turn = run.turn(round, exponent, bank(name, load), logs);
                    turns.add(turn);
                    progress.say(Markdown.line(BankReport.row(turn), BankReport.LINE));
                    BankReport.wrong(turn).forEach(progress::say);
                }
            }
        }
        return turns;
    }

    private Bank bank(String name, Load load) {
        return switch (name) {
            case SkeinBank.NAME -> new SkeinBank(surroundings.skein(), load);
            case RpcBank.NAME, RpcBank.FUNCTION -> new RpcBank(name, reference);
            default -> throw new IllegalArgumentException("no such bank: " + name);
        };
    }
}
