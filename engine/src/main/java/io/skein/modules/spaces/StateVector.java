package io.skein.modules.spaces;

import static io.skein.modules.spaces.SpaceTables.OPS;
import static io.skein.modules.spaces.SpaceTables.TREES;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.skein.engine.module.Query;
import io.skein.engine.module.Rejection;
import io.skein.engine.schema.Json;
import io.skein.modules.spaces.SpaceTables.Kind;
import io.skein.modules.spaces.SpaceTables.TreeOp;
import io.skein.modules.spaces.SpacesModule.MissingOp;
import io.skein.modules.spaces.SpacesModule.MissingOps;
import io.skein.modules.spaces.SpacesModule.PeerRanges;
import io.skein.modules.spaces.SpacesModule.TreeVector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which operations a peer has: of each peer, ranges of counters. What an operation's counter falls into, it has; whatever else is in the tree, it is
 * missing. Ranges that nobody ever made say nothing, so a vector of anything is harmless.
 */
final class StateVector {
    /** Lamport clocks jump, so a vector may have as many ranges as a tree has operations. */
    private static final int MAX_RANGES = 1_000_000;

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Of each peer: the last counter of a range by its first. */
    private final Map<String, TreeMap<Long, Long>> ranges = new HashMap<>();

    private int size;

    /** What the asker is missing, in the order in which it came in. */
    static Stream<MissingOp> missing(Query.Asked<MissingOps> asked) {
        requireTree(asked, asked.args().treeId());
        StateVector has = read(asked, asked.args().vector());
        List<TreeOp> missing = new ArrayList<>();
        for (TreeOp op : asked.rows(OPS)) {
            if (!has.contains(op.peerId(), op.counter())) {
                missing.add(op);
            }
        }
        missing.sort(Comparator.comparingLong(TreeOp::n));
        return missing.stream().map(op -> new MissingOp(new Json(json(op))));
    }

    /** The vector of all that is in a tree. */
    static Stream<PeerRanges> ofTree(Query.Asked<TreeVector> asked) {
        requireTree(asked, asked.args().treeId());
        var counters = new TreeMap<String, List<Long>>();
        for (TreeOp op : asked.rows(OPS)) {
            counters.computeIfAbsent(op.peerId(), _ -> new ArrayList<>()).add(op.counter());
        }
        return counters.entrySet().stream()
                .map(peer -> new PeerRanges(peer.getKey(), new Json(ranges(peer.getValue()))));
    }

    private static String ranges(List<Long> counters) {
        counters.sort(Comparator.naturalOrder());
        var out = new StringBuilder("[");
        for (int first = 0, last; first < counters.size(); first = last + 1) {
            last = first;
            while (last + 1 < counters.size() && counters.get(last + 1) == counters.get(last) + 1) {
                last++;
            }
            out.append(first == 0 ? "[" : ",[").append(counters.get(first));
            out.append(',').append(counters.get(last)).append(']');
        }
        return out.append(']').toString();
    }

    private static void requireTree(Query.Asked<?> asked, String treeId) {
        if (asked.rows(TREES).isEmpty()) {
            throw asked.reject("tree_missing", "there is no tree " + OpReader.shown(treeId));
        }
    }

    private static StateVector read(Query.Asked<?> asked, Json json) {
        var vector = new StateVector();
        try (JsonParser in = FACTORY.createParser(json.text())) {
            require(asked, in.nextToken() == JsonToken.START_OBJECT);
            while (in.nextToken() != JsonToken.END_OBJECT) {
                TreeMap<Long, Long> of = vector.ranges.computeIfAbsent(in.currentName(), _ -> new TreeMap<>());
                require(asked, in.nextToken() == JsonToken.START_ARRAY);
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    vector.range(asked, in, of);
                }
            }
            return vector;
        } catch (IOException e) {
            throw new UncheckedIOException("a json argument is not JSON", e);
        }
    }

    private void range(Query.Asked<?> asked, JsonParser in, NavigableMap<Long, Long> of) throws IOException {
        require(asked, in.currentToken() == JsonToken.START_ARRAY && ++size <= MAX_RANGES);
        long first = bound(asked, in);
        long last = bound(asked, in);
        require(asked, in.nextToken() == JsonToken.END_ARRAY);
        of.merge(first, last, Math::max);
    }

    private static long bound(Query.Asked<?> asked, JsonParser in) throws IOException {
        require(
                asked,
                in.nextToken() == JsonToken.VALUE_NUMBER_INT
                        && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER);
        return in.getLongValue();
    }

    private static void require(Query.Asked<?> asked, boolean holds) throws Rejection {
        if (!holds) {
            throw asked.reject(
                    "bad_vector",
                    "a state vector is an object of peers with at most %,d ranges [[first, last], …]"
                            .formatted(MAX_RANGES));
        }
    }

    private boolean contains(String peer, long counter) {
        TreeMap<Long, Long> of = ranges.get(peer);
        Map.Entry<Long, Long> range = of == null ? null : of.floorEntry(counter);
        return range != null && range.getValue() >= counter;
    }

    /** An operation as {@link OpReader} reads it. */
    static String json(TreeOp op) {
        var out = new StringBuilder(160);
        out.append("{\"id\":{\"counter\":").append(op.counter()).append(",\"peerId\":");
        text(out, op.peerId());
        text(out.append("},\"targetId\":"), op.targetId());
        if (op.kind() == Kind.MOVE) {
            out.append(",\"parentId\":");
            op.parentId().ifPresentOrElse(parent -> text(out, parent), () -> out.append("null"));
        } else {
            text(out.append(",\"key\":"), op.key().orElse(""));
            if (op.kind() == Kind.SET) {
                // An import may have brought a null as nothing.
                out.append(",\"value\":").append(op.value().orElse(Json.NULL).text());
            }
            out.append(",\"transient\":false");
        }
        return out.append('}').toString();
    }

    private static void text(StringBuilder out, String text) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }
}
