package io.skein.modules.streams;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Settled;

/**
 * The live sync and replay substrate of an agent fleet. A workspace holds streams of events, each with its own {@code seq}, which clients follow from
 * a checkpoint of theirs; who is there and what it can do; work that is given out; and what is to leave for other systems.
 *
 * <p>Everything is bounded ({@link Limits}). Events beyond what a stream retains are trimmed from its oldest end; they stay in the workspace's
 * history.
 */
public final class StreamsModule implements Module {
    static final String EXPIRE_PRESENCE = "expire_presence";
    static final String SETTLE = "settle_bridge_event";

    @Override
    public void define(Definition module) {
        module.name("streams").version(1);
        StreamVisibility.tables(module);
        streams(module);
        fleet(module);
        bridge(module);
    }

    private static void streams(Definition module) {
        module.reducer("open_sync_stream", StreamReducers.OpenSyncStream.class, Role.EDITOR, StreamReducers::open);
        module.reducer("close_sync_stream", StreamReducers.CloseSyncStream.class, Role.EDITOR, StreamReducers::close);
        module.reducer("append_sync_event", StreamReducers.AppendSyncEvent.class, Role.EDITOR, StreamReducers::append);
        module.reducer("ack_checkpoint", CheckpointReducers.AckCheckpoint.class, Role.VIEWER, CheckpointReducers::ack);
        module.reducer("signal_typing", SignalReducers.SignalTyping.class, Role.EDITOR, SignalReducers::typing);
        module.reducer("signal_progress", SignalReducers.SignalProgress.class, Role.EDITOR, SignalReducers::progress);
        module.reducer("signal_conflict", SignalReducers.SignalConflict.class, Role.VIEWER, SignalReducers::conflict);
    }

    private static void fleet(Definition module) {
        module.reducer("upsert_presence", FleetReducers.UpsertPresence.class, Role.VIEWER, FleetReducers::upsert);
        module.reducer("leave_presence", FleetReducers.LeavePresence.class, Role.VIEWER, FleetReducers::leave);
        module.internal(EXPIRE_PRESENCE, FleetReducers.ExpirePresence.class, FleetReducers::expire);
        module.reducer(
                "publish_provider_capability",
                FleetReducers.PublishProviderCapability.class,
                Role.EDITOR,
                FleetReducers::publish);
        module.reducer(
                "withdraw_provider_capability",
                FleetReducers.WithdrawProviderCapability.class,
                Role.EDITOR,
                FleetReducers::withdraw);
        module.reducer(
                "open_compute_assignment",
                AssignmentReducers.OpenComputeAssignment.class,
                Role.EDITOR,
                AssignmentReducers::open);
        module.reducer(
                "update_compute_assignment",
                AssignmentReducers.UpdateComputeAssignment.class,
                Role.EDITOR,
                AssignmentReducers::update);
    }

    private static void bridge(Definition module) {
        module.outbox(StreamTables.BRIDGE, BridgeReducers::outgoing, SETTLE);
        module.reducer(
                "enqueue_bridge_event", BridgeReducers.EnqueueBridgeEvent.class, Role.EDITOR, BridgeReducers::enqueue);
        module.reducer(
                "mark_bridge_event_sent",
                BridgeReducers.MarkBridgeEventSent.class,
                Role.ADMIN,
                BridgeReducers::markSent);
        module.reducer("retry_bridge_event", BridgeReducers.RetryBridgeEvent.class, Role.ADMIN, BridgeReducers::retry);
        module.internal(SETTLE, Settled.class, BridgeReducers::settle);
    }
}
