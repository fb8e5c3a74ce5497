package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.CAPABILITIES;
import static io.skein.modules.streams.StreamTables.CAPABILITIES_OF;
import static io.skein.modules.streams.StreamTables.PRESENCE;
import static io.skein.modules.streams.StreamTables.PRESENCE_OF;

import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.modules.streams.StreamTables.ProviderCapability;
import io.skein.modules.streams.StreamTables.SessionPresence;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who of the fleet lives, and what it can do. Everybody speaks for themselves only. */
public final class FleetReducers {
    /** Says that a peer lives; to be said again well within {@link Limits#PRESENCE_LIFE}. */
    public record UpsertPresence(
            String sessionId,
            String nodeId,
            @Default("") String workerId,
            @Default("") String region,
            @Default("online") String status) {}

    public record LeavePresence(String sessionId) {}

    /** The engine's own: looks whether a peer was silent for too long. */
    public record ExpirePresence(Identity identity, String sessionId) {}

    public record PublishProviderCapability(
            String capability,
            @Default("") String nodeId,
            Json detail,
            @Default("1") int maxConcurrent) {}

    public record WithdrawProviderCapability(String capability) {}

    private static final int MAX_CONCURRENT = 1_000_000;

    private FleetReducers() {}

    static void upsert(Tx tx, UpsertPresence in) {
        Limits.requireId(tx, "session_id", in.sessionId());
        Limits.requireId(tx, "node_id", in.nodeId());
        Limits.requireShort(tx, "worker_id", in.workerId());
        Limits.requireShort(tx, "region", in.region());
        Limits.requireShort(tx, "status", in.status());
        boolean fresh =
                tx.in(PRESENCE).find(List.of(tx.sender(), in.sessionId())).isEmpty();
        if (fresh) {
            tx.require(
                    tx.in(PRESENCE).size() < Limits.MAX_PRESENCE
                            && tx.in(PRESENCE).where(PRESENCE_OF, tx.sender()).size() < Limits.MAX_PRESENCE_OF_ONE,
                    "too_many_sessions",
                    "a workspace has at most %d peers, and %d of one identity"
                            .formatted(Limits.MAX_PRESENCE, Limits.MAX_PRESENCE_OF_ONE));
            look(tx, tx.sender(), in.sessionId(), tx.time());
        }
        tx.in(PRESENCE)
                .upsert(new SessionPresence(
                        tx.sender(), in.sessionId(), in.nodeId(), in.workerId(), in.region(), in.status(), tx.time()));
    }

    static void leave(Tx tx, LeavePresence in) {
        tx.in(PRESENCE).delete(List.of(tx.sender(), in.sessionId()));
    }

    /** There is one look to come for each row; one that finds a livelier row puts the next one off. */
    static void expire(Tx tx, ExpirePresence in) {
        List<Object> key = List.of(in.identity(), in.sessionId());
        Optional<SessionPresence> row = tx.in(PRESENCE).find(key);
        if (row.isEmpty()) {
            return;
        }
        if (row.get().lastSeen().plus(Limits.PRESENCE_LIFE).isAfter(tx.time())) {
            look(tx, in.identity(), in.sessionId(), row.get().lastSeen());
        } else {
            tx.in(PRESENCE).delete(key);
        }
    }

    private static void look(Tx tx, Identity identity, String sessionId, Instant lastSeen) {
        tx.schedule(
                lastSeen.plus(Limits.PRESENCE_LIFE),
                StreamsModule.EXPIRE_PRESENCE,
                new ExpirePresence(identity, sessionId));
    }

    static void publish(Tx tx, PublishProviderCapability in) {
        Limits.requireKind(tx, in.capability());
        Limits.requireShort(tx, "node_id", in.nodeId());
        tx.require(
                in.maxConcurrent() >= 1 && in.maxConcurrent() <= MAX_CONCURRENT,
                "invalid_count",
                "max_concurrent is from 1 to " + MAX_CONCURRENT);
        Json detail = Limits.canonical(tx, "detail", in.detail());
        List<ProviderCapability> mine = tx.in(CAPABILITIES).where(CAPABILITIES_OF, tx.sender());
        boolean fresh = mine.stream().noneMatch(row -> row.capability().equals(in.capability()));
        tx.require(
                !fresh
                        || (mine.size() < Limits.MAX_CAPABILITIES_OF_ONE
                                && tx.in(CAPABILITIES).size() < Limits.MAX_CAPABILITIES),
                "too_many_capabilities",
                "somebody has at most %d capabilities".formatted(Limits.MAX_CAPABILITIES_OF_ONE));
        tx.in(CAPABILITIES)
                .upsert(new ProviderCapability(
                        tx.sender(), in.capability(), in.nodeId(), detail, in.maxConcurrent(), tx.time()));
    }

    static void withdraw(Tx tx, WithdrawProviderCapability in) {
        tx.in(CAPABILITIES).delete(List.of(tx.sender(), in.capability()));
    }
}
