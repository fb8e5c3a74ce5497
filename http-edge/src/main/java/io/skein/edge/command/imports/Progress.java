package io.skein.edge.command.imports;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** How far an import is: a bar that moves on a terminal, now and then a line elsewhere. */
public final class Progress implements AutoCloseable {
    private static final int BAR = 30;
    private static final long BAR_MILLIS = 200;
    private static final long LINE_MILLIS = 5_000;

    private final PrintWriter out;
    private final boolean terminal;
    private final Figures figures;
    private final DoubleSupplier fraction;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());

    /** @param fraction how much of the file is read, from 0 to 1 */
    private Progress(PrintWriter out, boolean terminal, Figures figures, DoubleSupplier fraction) {
        this.out = out;
        this.terminal = terminal;
        this.figures = figures;
        this.fraction = fraction;
        long millis = terminal ? BAR_MILLIS : LINE_MILLIS;
        var _ = timer.scheduleAtFixedRate(this::show, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A bar if the program runs on a terminal. */
    public static Progress on(PrintWriter out, Figures figures, DoubleSupplier fraction) {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new Progress(out, terminal, figures, fraction);
    }

    /** Prints a line above the bar. */
    public synchronized void line(String text) {
        out.println(terminal ? "\r\u001b[K" + text : text);
        out.flush();
    }

    private synchronized void show() {
        String text = text(fraction.getAsDouble(), figures.done(), figures.seconds());
        if (terminal) {
            out.print("\r\u001b[K" + text);
        } else {
            out.println(text);
        }
        out.flush();
    }

    static String text(double fraction, long done, double seconds) {
        int filled = (int) Math.round(Math.clamp(fraction, 0, 1) * BAR);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%  %,d workflows  %,.0f/s",
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                fraction * 100,
                done,
                done / Math.max(seconds, 0.001));
    }

    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            if (terminal) {
                out.print("\r\u001b[K");
                out.flush();
            }
        }
    }
}
