package io.skein.engine.workspace;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.module.Unquoted;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.slf4j.MDC;

/**
 * What a workspace reads for others: views are evaluated on an immutable state beside the workspace, so that it is not held up. Belongs to the
 * workspace's actor.
 */
final class Readings {
    private static final int MAX_REMOTE_READERS = 64;

    private final ActorContext<Workspace.Command> context;
    private final String workspace;
    private final Function<Runnable, Workspace.Command> later;
    /** Readers on other nodes whose rows are on their way. */
    private final Map<ActorRef<FromOwner>, Link> readers = new HashMap<>();

    /** @param later has the workspace run something when it is its turn */
    Readings(ActorContext<Workspace.Command> context, String workspace, Function<Runnable, Workspace.Command> later) {
        this.context = context;
        this.workspace = workspace;
        this.later = later;
    }

    /** Answers a relay that needs a view's rows as they are now. */
    void snapshot(Live present, ActorRef<FromOwner> relay, Upstream.TakeSnapshot wanted) {
        Audiences audiences = present.audiences();
        long request = wanted.request();
        audiences.send(
                relay, new Downstream.SnapshotTaken(request, present.durable().seq()));
        compute(
                present,
                wanted.view(),
                rows -> audiences.stream(relay, request, rows),
                () -> audiences.send(relay, new Downstream.SnapshotFailed(request)));
    }

    /** Answers a reader. */
    void read(Live present, Workspace.Read read) {
        Optional<SystemTables.Workspace> about = present.about();
        if (about.isEmpty()) {
            refuse(read, Refusal.of(ErrorCode.NOT_FOUND, "no workspace " + workspace));
            return;
        }
        WorkspaceState state = present.durable();
        Role role = SystemTables.roleIn(state, about.get(), read.viewer());
        if (role == Role.NONE) {
            refuse(read, Refusal.of(ErrorCode.FORBIDDEN, "you are not a member of this workspace"));
            return;
        }
        Link link = present.link(read.reader(), read.link());
        if (link.isRemote() && readers.size() >= MAX_REMOTE_READERS) {
            refuse(read, present.overloaded("too many read this workspace"));
            return;
        }
        View view;
        try {
            view = new View(Audience.of(state.schema(), read.viewer(), role), read.subscriptions())
                    .decoded(state.schema());
            new CompiledView(state.schema(), view);
        } catch (IllegalArgumentException e) {
            refuse(read, Refusal.of(ErrorCode.INVALID_ARGS, String.valueOf(e.getMessage())));
            return;
        }
        compute(
                present,
                view,
                rows -> {
                    link.send(new Downstream.Found(about.get(), role, state.seq(), Bytes.of(state.hash())));
                    link.stream(0, rows);
                    follow(read.reader(), link);
                },
                () -> refuse(read, Refusal.of(ErrorCode.INTERNAL, "these rows cannot be read")));
    }

    static void refuse(Workspace.Read read, Refusal refusal) {
        read.reader().tell(new FromOwner.Refused(read.link(), refusal));
    }

    private void follow(ActorRef<FromOwner> reader, Link link) {
        if (!link.isDone()) {
            readers.put(reader, link);
            context.watchWith(reader, later.apply(() -> readers.remove(reader)));
        }
    }

    /** What a reader says of how far it is; false if it is none of these. */
    boolean check(Workspace.Check check) {
        Link link = readers.get(check.other());
        if (link == null || link.number() != check.link()) {
            return false;
        }
        link.check(check.sent(), check.seen());
        if (link.isDone()) {
            readers.remove(check.other());
            context.unwatch(check.other());
        }
        return true;
    }

    /** The journal failed: readers ask again. */
    void lose() {
        readers.keySet().forEach(context::unwatch);
        readers.values().forEach(Link::lose);
        readers.clear();
    }

    private void compute(Live present, View view, Consumer<List<TableRows>> use, Runnable failed) {
        WorkspaceState state = present.durable();
        var rows = CompletableFuture.supplyAsync(
                () -> new CompiledView(state.schema(), view.decoded(state.schema()))
                        .snapshot(state, present.visibility()),
                context.getExecutionContext());
        context.pipeToSelf(
                rows,
                (found, failure) -> later.apply(() -> {
                    if (failure == null) {
                        use.accept(found);
                    } else {
                        try (var _ = MDC.putCloseable("workspace", workspace)) {
                            context.getLog().error("a view of workspace {} failed", workspace, Unquoted.of(failure));
                        }
                        failed.run();
                    }
                }));
    }
}
