package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.CHECKPOINTS;
import static io.skein.modules.streams.StreamTables.CHECKPOINTS_OF;
import static io.skein.modules.streams.StreamTables.EVENTS;
import static io.skein.modules.streams.StreamTables.EVENT_WITH;
import static io.skein.modules.streams.StreamTables.STREAMS;
import static io.skein.modules.streams.StreamTables.STREAMS_BY;

import io.skein.engine.codec.CanonicalJson;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Json;
import io.skein.modules.streams.StreamTables.Sharing;
import io.skein.modules.streams.StreamTables.SyncEvent;
import io.skein.modules.streams.StreamTables.SyncStream;
import java.util.List;
import java.util.Optional;

/** Streams and their events. */
public final class StreamReducers {
    /** Makes a stream, or describes one that is there anew. */
    public record OpenSyncStream(
            String streamId,
            @Default("event") String kind,
            @Default("") String title,
            @Default("MEMBERS") Sharing sharing,
            @Default("1000") int retainEvents) {}

    public record CloseSyncStream(String streamId) {}

    /**
     * Adds an event. A stream that is not there is made, for all members.
     *
     * @param idempotencyKey names the event for as long as the stream has it: the same again changes nothing
     * @param expectedNextSeq the {@code seq} that the event must get
     */
    public record AppendSyncEvent(
            String streamId, String idempotencyKey, String kind, Json payload, Optional<Long> expectedNextSeq) {}

    private StreamReducers() {}

    static void open(Tx tx, OpenSyncStream in) {
        Limits.requireId(tx, "stream_id", in.streamId());
        Limits.requireKind(tx, in.kind());
        Limits.requireShort(tx, "title", in.title());
        tx.require(
                in.retainEvents() >= 1 && in.retainEvents() <= Limits.MAX_RETAINED,
                "invalid_retention",
                "a stream retains 1 to %d events".formatted(Limits.MAX_RETAINED));
        Optional<SyncStream> there = tx.in(STREAMS).find(in.streamId());
        if (there.isEmpty()) {
            tx.in(STREAMS).insert(fresh(tx, in));
            return;
        }
        requireAdministers(tx, there.get());
        SyncStream described = there.get().described(in.kind(), in.title(), in.sharing(), in.retainEvents(), tx.time());
        tx.in(STREAMS).update(trimmed(tx, described));
    }

    private static SyncStream fresh(Tx tx, OpenSyncStream in) {
        tx.require(
                tx.in(STREAMS).size() < Limits.MAX_STREAMS,
                "too_many_streams",
                "a workspace has at most %d streams".formatted(Limits.MAX_STREAMS));
        tx.require(
                tx.in(STREAMS).where(STREAMS_BY, tx.sender()).size() < Limits.MAX_STREAMS_OF_ONE,
                "too_many_streams",
                "somebody has at most %d streams".formatted(Limits.MAX_STREAMS_OF_ONE));
        return new SyncStream(
                in.streamId(),
                tx.sender(),
                in.sharing(),
                in.kind(),
                in.title(),
                0,
                1,
                in.retainEvents(),
                0,
                tx.time(),
                tx.time());
    }

    static void close(Tx tx, CloseSyncStream in) {
        SyncStream stream = stream(tx, in.streamId());
        requireAdministers(tx, stream);
        for (long seq = stream.firstSeq(); seq <= stream.headSeq(); seq++) {
            tx.in(EVENTS).delete(List.of(stream.streamId(), seq));
        }
        tx.in(CHECKPOINTS)
                .where(CHECKPOINTS_OF, in.streamId())
                .forEach(row -> tx.in(CHECKPOINTS).delete(List.of(row.streamId(), row.identity(), row.clientId())));
        tx.in(STREAMS).delete(in.streamId());
    }

    static void append(Tx tx, AppendSyncEvent in) {
        Limits.requireId(tx, "stream_id", in.streamId());
        Limits.requireId(tx, "idempotency_key", in.idempotencyKey());
        Limits.requireKind(tx, in.kind());
        Json payload = Limits.canonical(tx, "payload", in.payload());
        String hash = CanonicalJson.sha256(payload);
        Optional<SyncStream> there = tx.in(STREAMS).find(in.streamId());
        // A stranger learns nothing of a stream of somebody else's, not even by a key or a number.
        there.ifPresent(stream -> requireSees(tx, stream));
        if (isThere(tx, in, hash)) {
            return;
        }
        long next = there.map(SyncStream::headSeq).orElse(0L) + 1;
        in.expectedNextSeq().filter(expected -> expected != next).ifPresent(expected -> {
            throw tx.reject(
                    "sequence_conflict",
                    "stream %s goes on with %d, you expected %d".formatted(in.streamId(), next, expected));
        });
        SyncStream stream = there.orElseGet(() -> {
            SyncStream made =
                    fresh(tx, new OpenSyncStream(in.streamId(), "event", "", Sharing.MEMBERS, Limits.DEFAULT_RETAINED));
            tx.in(STREAMS).insert(made);
            return made;
        });
        tx.in(EVENTS)
                .insert(new SyncEvent(
                        in.streamId(), next, in.idempotencyKey(), in.kind(), payload, hash, tx.sender(), tx.time()));
        long chars = stream.keptChars() + payload.text().length();
        tx.in(STREAMS).update(trimmed(tx, stream.moved(next, stream.firstSeq(), chars, tx.time())));
    }

    /** Whether this very event is there already. The same key for another is a mistake that is said. */
    private static boolean isThere(Tx tx, AppendSyncEvent in, String hash) {
        List<SyncEvent> same = tx.in(EVENTS).where(EVENT_WITH, List.of(in.streamId(), in.idempotencyKey()));
        if (same.isEmpty()) {
            return false;
        }
        SyncEvent event = same.getFirst();
        tx.require(
                event.payloadHash().equals(hash)
                        && event.kind().equals(in.kind())
                        && event.author().equals(tx.sender()),
                "idempotency_conflict",
                "event %d of stream %s has this key and is another".formatted(event.seq(), in.streamId()));
        return true;
    }

    /** The stream without the events that are too many; the newest one always stays. */
    private static SyncStream trimmed(Tx tx, SyncStream stream) {
        long first = stream.firstSeq();
        long chars = stream.keptChars();
        while (first < stream.headSeq()
                && (stream.headSeq() - first + 1 > stream.retainEvents() || chars > Limits.MAX_KEPT_CHARS)) {
            List<Object> key = List.of(stream.streamId(), first);
            chars -= tx.in(EVENTS).find(key).orElseThrow().payload().text().length();
            tx.in(EVENTS).delete(key);
            first++;
        }
        return stream.moved(stream.headSeq(), first, chars, stream.updatedAt());
    }

    /** A stream that the sender may see. */
    static SyncStream stream(Tx tx, String streamId) {
        SyncStream stream = tx.in(STREAMS).find(streamId).orElseThrow(() -> missing(tx, streamId));
        requireSees(tx, stream);
        return stream;
    }

    private static void requireSees(Tx tx, SyncStream stream) {
        if (!StreamVisibility.sees(tx.sender(), tx.role(), stream)) {
            throw missing(tx, stream.streamId());
        }
    }

    private static RuntimeException missing(Tx tx, String streamId) {
        return tx.reject("stream_missing", "there is no stream " + streamId + " for you");
    }

    private static void requireAdministers(Tx tx, SyncStream stream) {
        requireSees(tx, stream);
        tx.require(
                stream.owner().equals(tx.sender()) || tx.role().atLeast(Role.ADMIN),
                "not_the_owner",
                "only the owner of stream %s or an admin does that".formatted(stream.streamId()));
    }
}
