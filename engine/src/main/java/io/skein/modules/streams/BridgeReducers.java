package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.BRIDGE;
import static io.skein.modules.streams.StreamTables.BRIDGE_IN;

import io.skein.engine.codec.CanonicalJson;
import io.skein.engine.module.Outgoing;
import io.skein.engine.module.Settled;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Json;
import io.skein.modules.streams.StreamTables.BridgeDelivery;
import io.skein.modules.streams.StreamTables.BridgeEvent;
import io.skein.modules.streams.StreamTables.BridgeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** What is to leave for other systems. Editors put it there; whether it may leave is for the policy of whoever runs the node. */
public final class BridgeReducers {
    /**
     * @param eventId the same again, with the same kind and payload, changes nothing
     * @param streamId of a stream that is there, and that the sender sees
     */
    public record EnqueueBridgeEvent(String eventId, String streamId, String kind, Json payload) {}

    /**
     * For admins whose own bridge has carried it.
     *
     * @param target what that bridge calls where it went
     */
    public record MarkBridgeEventSent(String eventId, String target) {}

    /** Puts one that was given up, or withheld, into the outbox again under another id: whoever had the first knows it by its own. */
    public record RetryBridgeEvent(String eventId, String newEventId) {}

    private BridgeReducers() {}

    static Outgoing outgoing(BridgeEvent row) {
        String body = "{\"event_id\":%s,\"kind\":%s,\"payload\":%s,\"payload_hash\":\"%s\",\"stream_id\":%s}"
                .formatted(
                        quoted(row.eventId()),
                        quoted(row.kind()),
                        row.payload().text(),
                        row.payloadHash(),
                        quoted(row.streamId()));
        return new Outgoing(row.eventId(), row.kind(), new Json(body));
    }

    private static String quoted(String text) {
        return '"'
                + new String(com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance()
                        .quoteAsString(text))
                + '"';
    }

    static void enqueue(Tx tx, EnqueueBridgeEvent in) {
        Limits.requireId(tx, "event_id", in.eventId());
        Limits.requireKind(tx, in.kind());
        StreamReducers.stream(tx, in.streamId());
        Json payload = Limits.canonical(tx, "payload", in.payload());
        String hash = CanonicalJson.sha256(payload);
        Optional<BridgeEvent> there = tx.in(BRIDGE).find(in.eventId());
        if (there.isPresent()) {
            boolean same = there.get().payloadHash().equals(hash)
                    && there.get().kind().equals(in.kind())
                    && there.get().streamId().equals(in.streamId())
                    && there.get().enqueuedBy().equals(tx.sender());
            tx.require(same, "bridge_event_exists", "there is another event " + in.eventId());
            return;
        }
        insert(tx, in.eventId(), in.streamId(), in.kind(), payload, hash);
    }

    private static void insert(Tx tx, String id, String streamId, String kind, Json payload, String hash) {
        makeRoom(tx);
        tx.in(BRIDGE)
                .insert(new BridgeEvent(
                        id,
                        streamId,
                        kind,
                        payload,
                        hash,
                        tx.sender(),
                        BridgeStatus.PENDING,
                        List.of(),
                        tx.time(),
                        tx.time()));
    }

    /** What is pending is never dropped. */
    private static void makeRoom(Tx tx) {
        if (tx.in(BRIDGE).size() < Limits.MAX_PENDING + Limits.KEPT_SETTLED) {
            return;
        }
        BridgeEvent oldest = EnumSet.complementOf(EnumSet.of(BridgeStatus.PENDING)).stream()
                .flatMap(status -> tx.in(BRIDGE).where(BRIDGE_IN, status).stream())
                .min(Comparator.comparing(BridgeEvent::updatedAt).thenComparing(BridgeEvent::eventId))
                .orElseThrow(() -> tx.reject(
                        "outbox_full",
                        "%d events have not left yet".formatted(Limits.MAX_PENDING + Limits.KEPT_SETTLED)));
        tx.in(BRIDGE).delete(oldest.eventId());
    }

    static void markSent(Tx tx, MarkBridgeEventSent in) {
        Limits.requireId(tx, "target", in.target());
        BridgeEvent row = event(tx, in.eventId());
        if (row.status() == BridgeStatus.SENT) {
            return;
        }
        var delivery = new BridgeDelivery(in.target(), true, 0, "", tx.time());
        tx.in(BRIDGE).update(row.settled(BridgeStatus.SENT, with(row, delivery), tx.time()));
    }

    static void retry(Tx tx, RetryBridgeEvent in) {
        BridgeEvent row = event(tx, in.eventId());
        Limits.requireId(tx, "new_event_id", in.newEventId());
        tx.require(
                row.status() == BridgeStatus.DEAD || row.status() == BridgeStatus.WITHHELD,
                "wrong_status",
                "event %s is %s".formatted(in.eventId(), row.status()));
        tx.require(
                tx.in(BRIDGE).find(in.newEventId()).isEmpty(),
                "bridge_event_exists",
                "there is an event " + in.newEventId());
        tx.in(BRIDGE).delete(in.eventId());
        insert(tx, in.newEventId(), row.streamId(), row.kind(), row.payload(), row.payloadHash());
    }

    /** The engine says what became of it at one target, at least once, and in no certain order. */
    static void settle(Tx tx, Settled in) {
        Optional<BridgeEvent> there = tx.in(BRIDGE).find(in.id());
        if (there.isEmpty()) {
            return; // it was trimmed, and an admin had marked it before
        }
        BridgeEvent row = there.get();
        if (in.target().isEmpty()) {
            if (row.status() == BridgeStatus.PENDING) {
                tx.in(BRIDGE).update(row.settled(BridgeStatus.WITHHELD, row.deliveries(), tx.time()));
            }
            return;
        }
        var delivery = new BridgeDelivery(in.target(), in.sent(), in.attempts(), in.detail(), tx.time());
        List<BridgeDelivery> deliveries = with(row, delivery);
        tx.in(BRIDGE).update(row.settled(status(row, deliveries, in.remaining()), deliveries, tx.time()));
    }

    private static BridgeStatus status(BridgeEvent row, List<BridgeDelivery> deliveries, int remaining) {
        if (deliveries.stream().anyMatch(each -> !each.sent())) {
            return BridgeStatus.DEAD;
        }
        return remaining == 0 || row.status() == BridgeStatus.SENT ? BridgeStatus.SENT : BridgeStatus.PENDING;
    }

    private static List<BridgeDelivery> with(BridgeEvent row, BridgeDelivery delivery) {
        var deliveries = new ArrayList<>(row.deliveries());
        deliveries.removeIf(each -> each.target().equals(delivery.target()));
        deliveries.add(delivery);
        while (deliveries.size() > Limits.MAX_DELIVERIES) {
            deliveries.removeFirst();
        }
        return List.copyOf(deliveries);
    }

    private static BridgeEvent event(Tx tx, String id) {
        return tx.in(BRIDGE).find(id).orElseThrow(() -> tx.reject("bridge_event_missing", "there is no event " + id));
    }
}
