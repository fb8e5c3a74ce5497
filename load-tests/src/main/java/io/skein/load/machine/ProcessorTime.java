package io.skein.load.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Processor seconds used up to a moment, by whom. All zero where there is no {@code /proc}.
 *
 * @param server the system under load with its children
 * @param postgres the postmaster, its children, and those that have ended; 0 if it runs elsewhere
 * @param client this JVM, and the processes that are clients for it
 * @param machine everything on this machine together
 */
public record ProcessorTime(double server, double postgres, double client, double machine) {
    /** {@code USER_HZ}: 100 on every Linux that user space gets to see. */
    private static final double TICKS_PER_SECOND = 100;

    /** Reads the clocks of a system whose clients are all in this JVM. */
    public static ProcessorTime now(ProcessHandle server, OptionalLong postmaster) {
        return now(server, postmaster, List.of());
    }

    /** Reads the clocks of a system whose clients are processes of their own. */
    public static ProcessorTime now(ProcessHandle server, OptionalLong postmaster, List<ProcessHandle> clients) {
        if (!Files.exists(Path.of("/proc/stat"))) {
            return new ProcessorTime(0, 0, 0, 0);
        }
        return new ProcessorTime(
                tree(server),
                postmaster.stream()
                        .mapToObj(ProcessHandle::of)
                        .flatMap(handle -> handle.stream())
                        .mapToDouble(ProcessorTime::tree)
                        .sum(),
                own(ProcessHandle.current().pid(), false)
                        + clients.stream().mapToDouble(ProcessorTime::tree).sum(),
                machineBusy());
    }

    /** What was used since an earlier moment. */
    public ProcessorTime since(ProcessorTime earlier) {
        return new ProcessorTime(
                server - earlier.server,
                postgres - earlier.postgres,
                client - earlier.client,
                machine - earlier.machine);
    }

    /** What neither of the three used: the rest of the machine, the noise of a figure. */
    public double others() {
        return Math.max(0, machine - server - postgres - client);
    }

    private static double tree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                .mapToDouble(process -> own(process.pid(), true))
                .sum();
    }

    private static double own(long pid, boolean withEndedChildren) {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        if (stat.isEmpty()) {
            return 0;
        }
        // The second field is the command's name in parentheses, which may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
        if (withEndedChildren) {
            ticks += Double.parseDouble(fields[13]) + Double.parseDouble(fields[14]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static double machineBusy() {
        String[] fields =
                read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +", -1);
        double ticks = 0;
        // user nice system idle iowait irq softirq steal; what follows is counted in user already.
        for (int field = 1; field <= 8; field++) {
            if (field != 4 && field != 5) {
                ticks += Double.parseDouble(fields[field]);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            if (!Files.exists(file)) {
                return ""; // The process has ended between the listing and the reading.
            }
            throw new UncheckedIOException(e);
        }
    }
}
