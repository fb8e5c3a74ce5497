package io.skein.load.report;

import java.io.Console;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
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

    /** Something that stays, with the time of day (UTC). */
    public void sayNow(String text) {
        say(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + "  " + text);
    }

    /**
     * A second of a phase is over.
     *
     * @param second from 1
     * @param done in that second
     */
    public synchronized void second(String what, int second, int seconds, long done) {
        line(String.format(Locale.ROOT, "%s  %d/%d s  %,d/s", what, second, seconds, done), second);
        if (second == seconds) {
            clear();
            out.flush();
        }
    }

    /**
     * A second is over of something that lasts as long as it lasts.
     *
     * @param second from 1
     * @param done in that second
     */
    public synchronized void second(String what, int second, long done) {
        line(String.format(Locale.ROOT, "%s  %d s  %,d/s", what, second, done), second);
    }

    private void line(String text, int second) {
        if (terminal) {
            out.print(OVER + text);
            open = true;
        } else if (second % LINE_EVERY_SECONDS == 0) {
            out.println("  " + text);
        }
        out.flush();
    }

    private void clear() {
        if (open) {
            out.print(OVER);
            open = false;
        }
    }
}
