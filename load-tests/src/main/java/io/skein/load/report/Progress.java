package io.skein.load.report;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** What a run is doing, while it does it: one line that is written over on a terminal, a line every five seconds elsewhere. */
public final class Progress {
    private static final int LINE_EVERY_SECONDS = 5;
    private static final String OVER = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private boolean open;

    /** Writes to what a command prints on. */
    public Progress(PrintWriter out) {
        this.out = out;

        this.terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
    }

    /** Something that stays. */
    public synchronized void say(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /**
     * A second of a phase is over.
     *
     * @param second from 1
     * @param done in that second
     */
    public synchronized void second(String what, int second, int seconds, long done) {
        if (terminal) {
            out.print(OVER + text(what, second, seconds, done));
            open = true;
            if (second == seconds) {
                clear();
            }
        } else if (second % LINE_EVERY_SECONDS == 0) {
            out.println("  " + text(what, second, seconds, done));
        }
        out.flush();
    }

    private static String text(String what, int second, int seconds, long done) {
        return String.format(Locale.ROOT, "%s  %d/%d s  %,d/s", what, second, seconds, done);
    }

    private void clear() {
        if (open) {
            out.print(OVER);
            open = false;
        }
    }
}
