package io.skein.load;

import io.skein.load.bank.Transfer;
import io.skein.load.inprocess.ColdOpen;
import io.skein.load.inprocess.Commits;
import io.skein.load.inprocess.Micro;
import io.skein.load.nemesis.Check;
import io.skein.load.nemesis.Failover;
import io.skein.load.nemesis.Nemesis;
import io.skein.load.presence.PresenceChurn;
import io.skein.load.report.Compare;
import io.skein.load.rooms.FanOut;
import io.skein.load.rooms.HotWorkspace;
import io.skein.load.rooms.KillAfterAcknowledgement;
import io.skein.load.rooms.ManyWorkspaces;
import io.skein.load.rooms.MixedOffice;
import io.skein.load.sessions.IdleSessions;
import io.skein.load.sessions.ReconnectStorm;
import io.skein.load.sessions.SlowConsumers;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code load-tests/run}. */
@Command(
        name = "load-tests/run",
        mixinStandardHelpOptions = true,
        description = "Scenarios and benchmarks against a running Skein.",
        subcommands = {
            HotWorkspace.class,
            ManyWorkspaces.class,
            FanOut.class,
            MixedOffice.class,
            KillAfterAcknowledgement.class,
            IdleSessions.class,
            ReconnectStorm.class,
            SlowConsumers.class,
            Transfer.class,
            PresenceChurn.class,
            Commits.class,
            ColdOpen.class,
            Micro.class,
            Nemesis.class,
            Failover.class,
            Check.class,
            Compare.class
        })
public final class LoadTests {
    private LoadTests() {}

    /** Ends the JVM with 0 if the scenario held, 1 if not, 2 for a wrong command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadTests())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }
}
