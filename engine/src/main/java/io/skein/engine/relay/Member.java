package io.skein.engine.relay;

import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.View;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A session as its relay knows it. Belongs to the relay. */
final class Member {
    /** What a session wants of its view; one at a time, in order. */
    sealed interface Change {
        /**
         * A whole view, by resuming or from a snapshot.
         *
         * @param reason why a snapshot comes although none was asked for
         * @param attempt tells a repeated attempt from what still waits for the first
         */
        record Start(Optional<Relay.Resume> resume, String reason, int attempt) implements Change {}

        /** Rows of which the session is not past the place while they are on their way: it is held there. */
        sealed interface WithRows extends Change {
            /** What these rows are of. */
            List<Subscription> of(View view);

            /** The view behind that place. */
            View after(View view);
        }

        record Add(long id, List<Subscription> subscriptions) implements WithRows {
            @Override
            public List<Subscription> of(View view) {
                return subscriptions;
            }

            @Override
            public View after(View view) {
                return view.with(subscriptions);
            }
        }

        /** A subscription whose rows the client wants to be told as it loses them. */
        record TakeBack(long id, Subscription subscription) implements WithRows {
            @Override
            public List<Subscription> of(View view) {
                return List.of(subscription);
            }

            @Override
            public View after(View view) {
                return view.without(subscription.number());
            }
        }

        /** @param rows whether the client wants to be told what it loses */
        record Remove(long id, long subscription, boolean rows) implements Change {}
    }

    final Relay.Open hello;
    final LoopGroup group;
    /** Those that wait behind {@link #pending}. */
    final ArrayDeque<Change> changes = new ArrayDeque<>();

    private @Nullable Audience audience;
    private @Nullable View view;
    private @Nullable ViewLog log;

    /** Whoever resumes from before this {@code seq} might be shown what happened while they had another role, or none (R2). */
    long since;

    /** The change that is being made. */
    @Nullable
    Change pending;

    /** Where the session goes on once the rows are here for which it is held. */
    @Nullable
    DeltaNode held;

    Member(Relay.Open hello, LoopGroup group) {
        this.hello = hello;
        this.group = group;
    }

    long session() {
        return hello.session();
    }

    Identity identity() {
        return hello.identity();
    }

    boolean isIn() {
        return audience != null;
    }

    Role role() {
        return audience == null ? Role.NONE : audience.role();
    }

    View view() {
        return Objects.requireNonNull(view, "a session has a view once it is in");
    }

    /** Its audience is this from now on; what it asked for stays. */
    void become(Audience next) {
        audience = next;
        view = view == null ? new View(next, List.of()) : view.seenBy(next);
    }

    /** Its view is this from now on. */
    void see(View next) {
        view = next;
    }

    /** What it follows. */
    @Nullable
    ViewLog log() {
        return log;
    }

    /** It follows this log from now on; null: none. */
    void follow(@Nullable ViewLog next) {
        if (log != null) {
            log.count(-1);
        }
        log = next;
        if (next != null) {
            next.count(1);
        }
    }

    void say(ServerMessage message) {
        group.change(hello.port(), outbox -> outbox.say(message));
    }

    void say(long at, ServerMessage message) {
        insert(new Outbox.Insert.Say(at, message));
    }

    void insert(Outbox.Insert insert) {
        group.change(hello.port(), outbox -> outbox.insert(insert));
    }

    void end(ServerMessage.Bye bye) {
        group.change(hello.port(), outbox -> outbox.end(bye));
    }

    void endAfter(long seq, ServerMessage.Bye bye) {
        group.change(hello.port(), outbox -> outbox.endAfter(seq, bye));
    }
}
