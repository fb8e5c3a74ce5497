package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.ASSIGNMENTS;
import static io.skein.modules.streams.StreamTables.BRIDGE;
import static io.skein.modules.streams.StreamTables.BRIDGE_OF;
import static io.skein.modules.streams.StreamTables.CAPABILITIES;
import static io.skein.modules.streams.StreamTables.CHECKPOINTS;
import static io.skein.modules.streams.StreamTables.CHECKPOINTS_OF;
import static io.skein.modules.streams.StreamTables.CONFLICTS;
import static io.skein.modules.streams.StreamTables.EVENTS;
import static io.skein.modules.streams.StreamTables.EVENTS_OF;
import static io.skein.modules.streams.StreamTables.PRESENCE;
import static io.skein.modules.streams.StreamTables.PROGRESS;
import static io.skein.modules.streams.StreamTables.STREAMS;
import static io.skein.modules.streams.StreamTables.TYPING;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableRule;
import io.skein.engine.module.Tables;
import io.skein.engine.module.Viewer;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.modules.streams.StreamTables.Sharing;
import io.skein.modules.streams.StreamTables.SyncStream;
import java.util.List;
import java.util.function.Function;

/**
 * Who sees what. Members see shared streams; a stream of its owner's is seen by the owner and the workspace's admins, and so is all that hangs from it. Of
 * checkpoints one sees one's own; a stream's owner and admins see all of it. What is to leave is for admins and for who put it there.
 * Peers, capabilities and assignments are for every member: they are how a fleet finds itself.
 */
final class StreamVisibility {
    private StreamVisibility() {}

    static void tables(Definition module) {
        module.table(STREAMS).visibleWhen((viewer, row, _) -> sees(viewer, row));
        ofStream(
                module,
                EVENTS,
                row -> row.streamId(),
                (row, tables) -> tables.in(EVENTS).where(EVENTS_OF, row.streamId()));
        module.table(CHECKPOINTS)
                .visibleWhen((viewer, row, tables) ->
                        row.identity().equals(viewer.identity()) || administers(viewer, tables, row.streamId()))
                .readingOnly(
                        STREAMS,
                        SyncStream::owner,
                        (row, tables) -> tables.in(CHECKPOINTS).where(CHECKPOINTS_OF, row.streamId()));
        module.table(PRESENCE);
        module.table(CAPABILITIES);
        module.table(ASSIGNMENTS);
        module.table(BRIDGE)
                .visibleWhen((viewer, row, tables) ->
                        row.enqueuedBy().equals(viewer.identity()) || administers(viewer, tables, row.streamId()))
                .readingOnly(
                        STREAMS,
                        SyncStream::owner,
                        (row, tables) -> tables.in(BRIDGE).where(BRIDGE_OF, row.streamId()));
        ofStream(module, TYPING, row -> row.streamId(), (_, _) -> List.of());
        ofStream(module, PROGRESS, row -> row.streamId(), (_, _) -> List.of());
        ofStream(module, CONFLICTS, row -> row.streamId(), (_, _) -> List.of());
    }

    private static <R> void ofStream(
            Definition module,
            Table<R> table,
            Function<R, String> streamId,
            TableRule.Affected<SyncStream, R> affected) {
        module.table(table)
                .visibleWhen((viewer, row, tables) -> tables.in(STREAMS)
                        .find(streamId.apply(row))
                        .filter(stream -> sees(viewer, stream))
                        .isPresent())
                .readingOnly(STREAMS, stream -> List.of(stream.owner(), stream.sharing()), affected);
    }

    static boolean sees(Viewer viewer, SyncStream stream) {
        return sees(viewer.identity(), viewer.role(), stream);
    }

    static boolean sees(Identity identity, Role role, SyncStream stream) {
        return stream.sharing() == Sharing.MEMBERS || stream.owner().equals(identity) || role.atLeast(Role.ADMIN);
    }

    private static boolean administers(Viewer viewer, Tables tables, String streamId) {
        return viewer.role().atLeast(Role.ADMIN)
                || tables.in(STREAMS)
                        .find(streamId)
                        .filter(stream -> stream.owner().equals(viewer.identity()))
                        .isPresent();
    }
}
