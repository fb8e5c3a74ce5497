package io.skein.modules.rooms.yjs;

import java.util.Map;
import java.util.TreeMap;

/** How much of what each client did somebody has: everything before a clock. */
public record StateVector(Map<Long, Long> clocks) {
    public static final StateVector NOTHING = new StateVector(Map.of());

    /** The first clock of a client that is missing. */
    public long next(long client) {
        return clocks.getOrDefault(client, 0L);
    }

    /** @throws MalformedException if these bytes are not a state vector, or are more */
    public static StateVector read(byte[] bytes) throws MalformedException {
        var in = new Lib0Reader(bytes);
        var clocks = new TreeMap<Long, Long>();
        for (int left = in.count(); left > 0; left--) {
            clocks.put(in.number(), in.number());
        }
        if (!in.isAtEnd()) {
            throw new MalformedException("something stands behind a state vector");
        }
        return new StateVector(clocks);
    }

    public byte[] toBytes() {
        var out = new Lib0Writer(clocks.size() * 10 + 5);
        out.number(clocks.size());
        clocks.forEach((client, clock) -> out.number(client).number(clock));
        return out.toArray();
    }
}
