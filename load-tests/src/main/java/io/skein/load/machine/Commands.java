package io.skein.load.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;

/** Short commands of the operating system. */
public final class Commands {
    private Commands() {}

    /**
     * Runs a command to its end and gives what it printed.
     *
     * @throws IOException with its words if it fails
     */
    public static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + status + ": " + output.strip());
        }
        return output;
    }

    /** The same, with words for arguments. */
    public static String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }

    /** Whether a command is there and ends well. */
    public static boolean works(String... command) throws InterruptedException {
        try {
            run(command);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends a signal to one process, such as {@code STOP}. */
    public static void signal(String signal, long pid) throws IOException, InterruptedException {
        run("kill", "-" + signal, Long.toString(pid));
    }
}
