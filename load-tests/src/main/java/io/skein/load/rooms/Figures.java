package io.skein.load.rooms;

import io.skein.load.drive.Window;
import io.skein.load.machine.ProcessorTime;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is said of each phase of a scenario in rooms, by name with unit. */
final class Figures {
    static final String UPDATES = "updates/s";
    static final String DELIVERIES = "deliveries/s";
    static final String ACK_P50 = "ack p50 ms";
    static final String ACK_P99 = "ack p99 ms";
    static final String CPU_DELIVERIES = "server CPU s per 100,000 deliveries";
    static final String CPU_UPDATES = "server + PostgreSQL CPU ms per 1,000 updates";
    static final String JOURNAL_P99 = "journal p99 ms";
    static final String RESIDENT = "server resident MiB";

    private Figures() {}

    static Map<String, Double> of(Window window, ProcessorTime cpu) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put(UPDATES, window.updatesPerSecond());
        figures.put(DELIVERIES, window.deliveriesPerSecond());
        figures.put(ACK_P50, window.latencyMillis(50));
        figures.put(ACK_P99, window.latencyMillis(99));
        figures.put("ack max ms", window.latencyMillis(100));
        figures.put("updates/frame", (double) window.deliveries() / Math.max(1, window.frames()));
        figures.put(CPU_DELIVERIES, 1e5 * cpu.server() / Math.max(1, window.deliveries()));
        figures.put(CPU_UPDATES, 1e6 * (cpu.server() + cpu.postgres()) / Math.max(1, window.acknowledged()));
        figures.put("server CPU s", cpu.server());
        figures.put("PostgreSQL CPU s", cpu.postgres());
        figures.put("client CPU s", cpu.client());
        figures.put("others CPU s", cpu.others());
        figures.put("refused", (double)
                window.refused().values().stream().mapToLong(Long::longValue).sum());
        figures.put("given up, too late", (double) window.overdue());
        return figures;
    }
}
