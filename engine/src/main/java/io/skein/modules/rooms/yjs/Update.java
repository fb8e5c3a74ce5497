package io.skein.modules.rooms.yjs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * An update of a Yjs document: what clients put in, and what was deleted. Updates may be applied in any order and twice; several say the same as
 * the one that {@link #merge} makes of them. Immutable.
 */
public final class Update {
    private static final byte[] NOTHING = {0, 0};

    /** Of each client, in order of its clock; clients from the greatest down, as Yjs likes to read them. */
    private final NavigableMap<Long, List<Struct>> structs;

    private final Deletions deletions;

    private Update(NavigableMap<Long, List<Struct>> structs, Deletions deletions) {
        this.structs = structs;
        this.deletions = deletions;
    }

    /** The update that says nothing. */
    public static byte[] nothing() {
        return NOTHING.clone();
    }

    public static boolean isNothing(byte[] bytes) {
        return bytes.length == 2 && bytes[0] == 0 && bytes[1] == 0;
    }

    /** @throws MalformedException if these bytes are not an update in version 1 of the encoding, or are more */
    public static Update read(byte[] bytes) throws MalformedException {
        var in = new Lib0Reader(bytes);
        var structs = new TreeMap<Long, List<Struct>>(Comparator.reverseOrder());
        for (int clients = in.count(); clients > 0; clients--) {
            int count = in.count();
            long client = in.number();
            long clock = in.number();
            List<Struct> own = structs.computeIfAbsent(client, _ -> new ArrayList<>(Math.min(count, 1_000)));
            for (int i = 0; i < count; i++) {
                Struct struct = Struct.read(clock, in);
                own.add(struct);
                clock = struct.end();
            }
        }
        Deletions deletions = Deletions.read(in);
        if (!in.isAtEnd()) {
            throw new MalformedException("something stands behind an update");
        }
        return new Update(structs, deletions);
    }

    /**
     * One update that says what these say together, each thing once, and what a client typed in one go in one piece.
     */
    public static Update merge(List<Update> updates) {
        var all = new TreeMap<Long, List<Struct>>(Comparator.reverseOrder());
        for (Update update : updates) {
            update.structs.forEach((client, own) ->
                    all.computeIfAbsent(client, _ -> new ArrayList<>()).addAll(own));
        }
        all.replaceAll((client, own) -> joined(client, each(client, own)));
        all.values().removeIf(List::isEmpty);
        return new Update(
                all,
                Deletions.union(updates.stream().map(update -> update.deletions).toList()));
    }

    /** Of structs that may overlap, in any order: each clock once, and holes where clocks are missing in between. */
    private static List<Struct> each(long client, List<Struct> untidy) {
        untidy.removeIf(Struct.Skip.class::isInstance);
        untidy.sort(Comparator.comparingLong(Struct::clock));
        var tidy = new ArrayList<Struct>(untidy.size());
        long next = untidy.isEmpty() ? 0 : untidy.getFirst().clock();
        for (Struct struct : untidy) {
            if (struct.end() <= next) {
                continue;
            }
            if (struct.clock() > next) {
                tidy.add(new Struct.Skip(next, struct.clock() - next));
            }
            tidy.add(struct.clock() < next ? struct.from(client, next) : struct);
            next = struct.end();
        }
        return tidy;
    }

    /** The same with those made one that say no more apart than together. */
    private static List<Struct> joined(long client, List<Struct> structs) {
        var joined = new ArrayList<Struct>();
        int from = 0;
        for (int i = 1; i <= structs.size(); i++) {
            if (i == structs.size() || !isContinued(client, structs.get(i - 1), structs.get(i))) {
                joined.add(joined(structs.subList(from, i)));
                from = i;
            }
        }
        return joined;
    }

    private static boolean isContinued(long client, Struct struct, Struct next) {
        return switch (struct) {
            case Struct.Gone _ -> next instanceof Struct.Gone;
            case Struct.Item item -> next instanceof Struct.Item other && item.isContinuedBy(client, other);
            case Struct.Skip _ -> false;
        };
    }

    private static Struct joined(List<Struct> run) {
        Struct first = run.getFirst();
        if (run.size() == 1) {
            return first;
        }
        return switch (first) {
            case Struct.Gone(var clock, var _) ->
                new Struct.Gone(clock, run.getLast().end() - clock);
            case Struct.Item item ->
                new Struct.Item(
                        item.clock(),
                        item.left(),
                        item.right(),
                        item.parent(),
                        item.keyed(),
                        Content.join(run.stream()
                                .map(struct -> ((Struct.Item) struct).content())
                                .toList()));
            case Struct.Skip skip -> throw new IllegalArgumentException("holes are not joined: " + skip);
        };
    }

    /** What of this somebody does not have. Deletions are all in it: how far somebody knows of those, a state vector does not say. */
    public Update since(StateVector has) {
        var missing = new TreeMap<Long, List<Struct>>(Comparator.reverseOrder());
        structs.forEach((client, own) -> {
            long next = has.next(client);
            List<Struct> behind = own.stream()
                    .filter(struct -> struct.end() > next)
                    .map(struct -> struct.clock() < next ? struct.from(client, next) : struct)
                    .dropWhile(Struct.Skip.class::isInstance)
                    .toList();
            if (!behind.isEmpty()) {
                missing.put(client, behind);
            }
        });
        return new Update(missing, deletions);
    }

    /** What somebody has who has nothing but this: of each client all from its first on, up to the first hole. Of a merged update. */
    public StateVector vector() {
        var clocks = new TreeMap<Long, Long>();
        structs.forEach((client, own) -> {
            long next = 0;
            for (Struct struct : own) {
                if (struct.clock() > next || struct instanceof Struct.Skip) {
                    break;
                }
                next = struct.end();
            }
            if (next > 0) {
                clocks.put(client, next);
            }
        });
        return new StateVector(clocks);
    }

    /** Whether a merged update says all of this. One that has holes may say more than this can tell. */
    public boolean isWithin(Update all) {
        StateVector has = all.vector();
        for (Map.Entry<Long, List<Struct>> own : structs.entrySet()) {
            long next = has.next(own.getKey());
            for (Struct struct : own.getValue()) {
                if (!(struct instanceof Struct.Skip) && struct.end() > next) {
                    return false;
                }
            }
        }
        return deletions.isWithin(all.deletions);
    }

    /** How many pieces it is in. */
    int structCount() {
        return structs.values().stream().mapToInt(List::size).sum();
    }

    public byte[] toBytes() {
        var out = new Lib0Writer(structCount() * 16);
        out.number(structs.size());
        structs.forEach((client, own) -> {
            out.number(own.size()).number(client).number(own.getFirst().clock());
            own.forEach(struct -> struct.write(out));
        });
        deletions.write(out);
        return out.toArray();
    }
}
