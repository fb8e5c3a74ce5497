package io.skein.load.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process holds of the machine's memory, in bytes. */
public final class Memory {
    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+(\\d+) kB$", Pattern.MULTILINE);
    /** A line for the heap, or for each generation of it, whatever collects it. */
    private static final Pattern USED = Pattern.compile(" total .*?\\bused (\\d+)K");

    private static final long REST_MILLIS = 3_000;

    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

    private Memory() {}

    /** Resident, with its children; 0 where there is no {@code /proc}. */
    public static long resident(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                .mapToLong(process -> ofOne(process.pid()))
                .sum();
    }

    /**
     * Resident when nothing happens: the least that is seen for three seconds. A JVM gives the pages of a collected heap back a moment
     * after the collection.
     */
    public static long residentAtRest(ProcessHandle root) throws InterruptedException {
        long least = resident(root);
        for (int look = 0; look < 10; look++) {
            Thread.sleep(REST_MILLIS / 10);
            least = Math.min(least, resident(root));
        }
        return least;
    }

    private static long ofOne(long pid) {
        Path status = Path.of("/proc/" + pid + "/status");
        try {
            Matcher resident = RESIDENT.matcher(Files.readString(status));
            return resident.find() ? 1024 * Long.parseLong(resident.group(1)) : 0;
        } catch (IOException e) {
            if (!Files.exists(status)) {
                return 0; // Not a Linux, or the process has ended.
            }
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is alive on a JVM's heap: collects its garbage first.
     *
     * @throws IOException if the process is none, or does not answer within 10 s
     */
    public static long liveHeap(long pid) throws IOException, InterruptedException {
        Commands.run("timeout", "10", JCMD.toString(), Long.toString(pid), "GC.run");
        String heap = Commands.run("timeout", "10", JCMD.toString(), Long.toString(pid), "GC.heap_info");
        Matcher used = USED.matcher(heap);
        long kibibytes = 0;
        while (used.find()) {
            kibibytes += Long.parseLong(used.group(1));
        }
        if (kibibytes == 0) {
            throw new IOException("not understood: " + heap);
        }
        return kibibytes * 1024;
    }
}
