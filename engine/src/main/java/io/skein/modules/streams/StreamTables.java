package io.skein.modules.streams;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The tables of the module. Every one is bounded, see {@link Limits}; what is trimmed stays in the workspace's history. */
public final class StreamTables {
    /** Who sees a stream and all that hangs from it. */
    public enum Sharing {
        /** Every member of the workspace. */
        MEMBERS,
        /** Its owner, and the workspace's admins. */
        OWNER
    }

    /**
     * A stream.
     *
     * @param owner who made it
     * @param headSeq the last event's {@code seq}; 0 before the first
     * @param firstSeq the oldest event that is kept; {@code headSeq + 1} if there is none
     * @param retainEvents how many events are kept at most
     * @param keptChars characters of the payloads that are kept
     */
    public record SyncStream(
            @Key String streamId,
            Identity owner,
            Sharing sharing,
            String kind,
            String title,
            long headSeq,
            long firstSeq,
            int retainEvents,
            long keptChars,
            Instant createdAt,
            Instant updatedAt) {
        SyncStream described(String newKind, String newTitle, Sharing newSharing, int newRetain, Instant now) {
            return new SyncStream(
                    streamId,
                    owner,
                    newSharing,
                    newKind,
                    newTitle,
                    headSeq,
                    firstSeq,
                    newRetain,
                    keptChars,
                    createdAt,
                    now);
        }

        SyncStream moved(long newHead, long newFirst, long newChars, Instant now) {
            return new SyncStream(
                    streamId, owner, sharing, kind, title, newHead, newFirst, retainEvents, newChars, createdAt, now);
        }
    }

    /**
     * An event of a stream. Never changed.
     *
     * @param seq from 1, without gaps
     * @param payload canonical (RFC 8785)
     * @param payloadHash SHA-256 of the payload's UTF-8, 64 hex digits
     */
    public record SyncEvent(
            @Key String streamId,
            @Key long seq,
            String idempotencyKey,
            String kind,
            Json payload,
            String payloadHash,
            Identity author,
            Instant committedAt) {}

    /** How far a client has come in a stream. {@code appliedSeq} never gets less. */
    public record SyncCheckpoint(
            @Key String streamId,
            @Key Identity identity,
            @Key String clientId,
            long appliedSeq,
            Instant updatedAt) {}

    /** A peer that lives; the row goes when nothing was heard of it for {@link Limits#PRESENCE_LIFE}. */
    public record SessionPresence(
            @Key Identity identity,
            @Key String sessionId,
            String nodeId,
            String workerId,
            String region,
            String status,
            Instant lastSeen) {}

    public record ProviderCapability(
            @Key Identity provider,
            @Key String capability,
            String nodeId,
            Json detail,
            int maxConcurrent,
            Instant updatedAt) {}

    /** How far a piece of work is; see {@link AssignmentReducers} for the ways between. */
    public enum AssignmentStatus {
        OPEN,
        CLAIMED,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED;

        boolean isFinal() {
            return this == DONE || this == FAILED || this == CANCELLED;
        }
    }

    /** A piece of work for somebody who can do it. */
    public record ComputeAssignment(
            @Key String assignmentId,
            String capability,
            Identity requestedBy,
            Optional<Identity> provider,
            AssignmentStatus status,
            Json input,
            Optional<Json> result,
            Instant createdAt,
            Instant updatedAt) {}

    /** What became of an event that is to leave. */
    public enum BridgeStatus {
        /** Some target has not taken it yet. */
        PENDING,
        /** Every target has it. */
        SENT,
        /** A target was given up. */
        DEAD,
        /** Policy lets it go nowhere. */
        WITHHELD
    }

    /** What became of it at one target. */
    public record BridgeDelivery(String target, boolean sent, int attempts, String detail, Instant at) {}

    /** An event that is to leave, or has left. */
    public record BridgeEvent(
            @Key String eventId,
            String streamId,
            String kind,
            Json payload,
            String payloadHash,
            Identity enqueuedBy,
            BridgeStatus status,
            List<BridgeDelivery> deliveries,
            Instant createdAt,
            Instant updatedAt) {
        BridgeEvent settled(BridgeStatus newStatus, List<BridgeDelivery> newDeliveries, Instant now) {
            return new BridgeEvent(
                    eventId,
                    streamId,
                    kind,
                    payload,
                    payloadHash,
                    enqueuedBy,
                    newStatus,
                    newDeliveries,
                    createdAt,
                    now);
        }
    }

    /** Somebody writes. */
    public record TypingSignal(String streamId, Identity identity, String clientId, boolean typing) {}

    /** How far something is. */
    public record ProgressSignal(String streamId, Identity identity, String taskId, double fraction, String message) {}

    /** A client found that its stream went on without it. */
    public record ConflictSignal(
            String streamId, Identity identity, String clientId, long expectedSeq, long actualSeq, String detail) {}

    public static final Table<SyncStream> STREAMS = Table.of("sync_stream", SyncStream.class);
    public static final Table<SyncEvent> EVENTS = Table.of("sync_event", SyncEvent.class);
    public static final Table<SyncCheckpoint> CHECKPOINTS = Table.of("sync_checkpoint", SyncCheckpoint.class);
    public static final Table<SessionPresence> PRESENCE = Table.of("session_presence", SessionPresence.class);
    public static final Table<ProviderCapability> CAPABILITIES =
            Table.of("provider_capability", ProviderCapability.class);
    public static final Table<ComputeAssignment> ASSIGNMENTS = Table.of("compute_assignment", ComputeAssignment.class);
    public static final Table<BridgeEvent> BRIDGE = Table.of("bridge_outbox", BridgeEvent.class);
    public static final Table<TypingSignal> TYPING = Table.event("typing_signal", TypingSignal.class);
    public static final Table<ProgressSignal> PROGRESS = Table.event("progress_signal", ProgressSignal.class);
    public static final Table<ConflictSignal> CONFLICTS = Table.event("conflict_signal", ConflictSignal.class);

    static final Index<SyncStream, Identity> STREAMS_BY = STREAMS.index("owner", Identity.class);
    static final Index<SyncEvent, String> EVENTS_OF = EVENTS.index("stream_id", String.class);
    /** By stream and idempotency key. */
    static final Index<SyncEvent, List<Object>> EVENT_WITH = EVENTS.index(List.of("stream_id", "idempotency_key"));

    static final Index<SyncCheckpoint, String> CHECKPOINTS_OF = CHECKPOINTS.index("stream_id", String.class);
    static final Index<SessionPresence, Identity> PRESENCE_OF = PRESENCE.index("identity", Identity.class);
    static final Index<ProviderCapability, Identity> CAPABILITIES_OF = CAPABILITIES.index("provider", Identity.class);
    static final Index<ComputeAssignment, AssignmentStatus> ASSIGNMENTS_IN =
            ASSIGNMENTS.index("status", AssignmentStatus.class);
    static final Index<BridgeEvent, String> BRIDGE_OF = BRIDGE.index("stream_id", String.class);
    static final Index<BridgeEvent, BridgeStatus> BRIDGE_IN = BRIDGE.index("status", BridgeStatus.class);

    private StreamTables() {}
}
