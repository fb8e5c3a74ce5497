package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.ASSIGNMENTS;
import static io.skein.modules.streams.StreamTables.ASSIGNMENTS_IN;
import static io.skein.modules.streams.StreamTables.AssignmentStatus.CANCELLED;
import static io.skein.modules.streams.StreamTables.AssignmentStatus.CLAIMED;
import static io.skein.modules.streams.StreamTables.AssignmentStatus.DONE;
import static io.skein.modules.streams.StreamTables.AssignmentStatus.FAILED;
import static io.skein.modules.streams.StreamTables.AssignmentStatus.OPEN;
import static io.skein.modules.streams.StreamTables.AssignmentStatus.RUNNING;
import static io.skein.modules.streams.StreamTables.CAPABILITIES;

import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.modules.streams.StreamTables.AssignmentStatus;
import io.skein.modules.streams.StreamTables.ComputeAssignment;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Work that is given out. Whoever has published the capability may claim it; who has claimed it runs it, ends it or gives it back; who asked for it, or
 * an admin, may cancel it, and give back what its provider has left behind.
 */
public final class AssignmentReducers {
    public record OpenComputeAssignment(String assignmentId, String capability, Json input) {}

    /** @param result kept with the work; what is there stays if this is empty */
    public record UpdateComputeAssignment(String assignmentId, AssignmentStatus status, Optional<Json> result) {}

    /** From which states a state is reached. */
    private static final Map<AssignmentStatus, Set<AssignmentStatus>> BEFORE = Map.of(
            OPEN, EnumSet.of(CLAIMED, RUNNING),
            CLAIMED, EnumSet.of(OPEN),
            RUNNING, EnumSet.of(CLAIMED, RUNNING),
            DONE, EnumSet.of(CLAIMED, RUNNING),
            FAILED, EnumSet.of(CLAIMED, RUNNING),
            CANCELLED, EnumSet.of(OPEN, CLAIMED, RUNNING));

    private AssignmentReducers() {}

    static void open(Tx tx, OpenComputeAssignment in) {
        Limits.requireId(tx, "assignment_id", in.assignmentId());
        Limits.requireKind(tx, in.capability());
        Json input = Limits.canonical(tx, "input", in.input());
        Optional<ComputeAssignment> there = tx.in(ASSIGNMENTS).find(in.assignmentId());
        if (there.isPresent()) {
            boolean same = there.get().requestedBy().equals(tx.sender())
                    && there.get().capability().equals(in.capability())
                    && there.get().input().equals(input);
            tx.require(same, "assignment_exists", "there is another assignment " + in.assignmentId());
            return;
        }
        makeRoom(tx);
        tx.in(ASSIGNMENTS)
                .insert(new ComputeAssignment(
                        in.assignmentId(),
                        in.capability(),
                        tx.sender(),
                        Optional.empty(),
                        OPEN,
                        input,
                        Optional.empty(),
                        tx.time(),
                        tx.time()));
    }

    private static void makeRoom(Tx tx) {
        if (tx.in(ASSIGNMENTS).size() < Limits.MAX_UNFINISHED + Limits.KEPT_FINISHED) {
            return;
        }
        ComputeAssignment oldest = EnumSet.allOf(AssignmentStatus.class).stream()
                .filter(AssignmentStatus::isFinal)
                .flatMap(status -> tx.in(ASSIGNMENTS).where(ASSIGNMENTS_IN, status).stream())
                .min(Comparator.comparing(ComputeAssignment::updatedAt).thenComparing(ComputeAssignment::assignmentId))
                .orElseThrow(() -> tx.reject(
                        "too_many_assignments",
                        "a workspace has at most %d assignments that have not ended"
                                .formatted(Limits.MAX_UNFINISHED + Limits.KEPT_FINISHED)));
        tx.in(ASSIGNMENTS).delete(oldest.assignmentId());
    }

    static void update(Tx tx, UpdateComputeAssignment in) {
        ComputeAssignment row = tx.in(ASSIGNMENTS)
                .find(in.assignmentId())
                .orElseThrow(() -> tx.reject("assignment_missing", "there is no assignment " + in.assignmentId()));
        tx.require(
                BEFORE.getOrDefault(in.status(), Set.of()).contains(row.status()),
                "wrong_status",
                "assignment %s is %s and does not become %s".formatted(in.assignmentId(), row.status(), in.status()));
        requireMay(tx, row, in.status());
        Optional<Identity> provider = switch (in.status()) {
            case OPEN -> Optional.empty();
            case CLAIMED -> Optional.of(tx.sender());
            case RUNNING, DONE, FAILED, CANCELLED -> row.provider();
        };
        Optional<Json> result =
                in.result().map(given -> Limits.canonical(tx, "result", given)).or(row::result);
        tx.in(ASSIGNMENTS)
                .update(new ComputeAssignment(
                        row.assignmentId(),
                        row.capability(),
                        row.requestedBy(),
                        provider,
                        in.status(),
                        row.input(),
                        result,
                        row.createdAt(),
                        tx.time()));
    }

    private static void requireMay(Tx tx, ComputeAssignment row, AssignmentStatus next) {
        boolean provides = row.provider().filter(tx.sender()::equals).isPresent();
        boolean asked = row.requestedBy().equals(tx.sender()) || tx.role().atLeast(Role.ADMIN);
        boolean may = switch (next) {
            case CLAIMED ->
                tx.in(CAPABILITIES).find(List.of(tx.sender(), row.capability())).isPresent();
            case RUNNING, DONE, FAILED -> provides;
            case OPEN -> provides || asked;
            case CANCELLED -> asked;
        };
        tx.require(
                may,
                "not_yours",
                next == CLAIMED
                        ? "you have not published the capability " + row.capability()
                        : "assignment %s is not yours to make %s".formatted(row.assignmentId(), next));
    }
}
