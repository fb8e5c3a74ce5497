package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.CHECKPOINTS;
import static io.skein.modules.streams.StreamTables.CHECKPOINTS_OF;

import io.skein.engine.module.Tx;
import io.skein.modules.streams.StreamTables.SyncCheckpoint;
import io.skein.modules.streams.StreamTables.SyncStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How far clients have come. */
public final class CheckpointReducers {
    /**
     * @param clientId one of the sender's, of its own choice
     * @param appliedSeq the last event that the client has applied
     */
    public record AckCheckpoint(String streamId, String clientId, long appliedSeq) {}

    private CheckpointReducers() {}

    /** What is behind the checkpoint changes nothing: acknowledgements come late and twice. */
    static void ack(Tx tx, AckCheckpoint in) {
        SyncStream stream = StreamReducers.stream(tx, in.streamId());
        Limits.requireId(tx, "client_id", in.clientId());
        tx.require(in.appliedSeq() >= 0, "invalid_seq", "a seq is not negative");
        tx.require(
                in.appliedSeq() <= stream.headSeq(),
                "ahead_of_stream",
                "stream %s ends with %d, you have applied %d"
                        .formatted(in.streamId(), stream.headSeq(), in.appliedSeq()));
        Optional<SyncCheckpoint> there = tx.in(CHECKPOINTS).find(List.of(in.streamId(), tx.sender(), in.clientId()));
        if (there.isPresent() && there.get().appliedSeq() >= in.appliedSeq()) {
            return;
        }
        if (there.isEmpty()) {
            makeRoom(tx, in.streamId());
        }
        tx.in(CHECKPOINTS)
                .upsert(new SyncCheckpoint(in.streamId(), tx.sender(), in.clientId(), in.appliedSeq(), tx.time()));
    }

    /** One too many takes the place of the one that was moved longest ago: whose client comes back starts from the oldest event, or anew. */
    private static void makeRoom(Tx tx, String streamId) {
        List<SyncCheckpoint> all = tx.in(CHECKPOINTS).where(CHECKPOINTS_OF, streamId);
        if (all.size() < Limits.MAX_CHECKPOINTS) {
            return;
        }
        SyncCheckpoint oldest = all.stream()
                .min(Comparator.comparing(SyncCheckpoint::updatedAt)
                        .thenComparing(SyncCheckpoint::identity)
                        .thenComparing(SyncCheckpoint::clientId))
                .orElseThrow();
        tx.in(CHECKPOINTS).delete(List.of(oldest.streamId(), oldest.identity(), oldest.clientId()));
    }
}
