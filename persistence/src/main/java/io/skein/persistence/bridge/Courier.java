package io.skein.persistence.bridge;

import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries events to one target: takes what is due from the table, a few at once, and notes what came of it. One that dies loses nothing, and what it had
 * in hand is carried again. A target that fails is tried with one event at a time and growing pauses, until it answers again; others have couriers
 * of their own, and notice nothing.
 */
final class Courier {
    /** What a courier hears. */
    sealed interface Command {}

    private record Look() implements Command {}

    private record Count() implements Command {}

    private record Leased(List<Delivery> deliveries) implements Command {}

    private record Carried(Delivery delivery, Carrier.Result result) implements Command {}

    private record Counted() implements Command {}

    private record Noted() implements Command {}

    private record Failed(Question.Kind what, Throwable why) implements Command {}

    private static final Duration COUNT = Duration.ofSeconds(5);
    private static final int DOUBLINGS = 20;
    private static final int MAX_DETAIL = 300;

    private final ActorContext<Command> context;
    private final BridgeSettings.Target target;
    private final BridgeSettings settings;
    private final BridgeCounters.OfTarget counters;
    private final DataSource dataSource;
    private final Carrier carrier;
    /** For a look, a count, and a note of each that is being carried. */
    private final Readers database;

    private int carrying;
    private boolean looking;
    private int failuresInARow;
    private Instant pausedUntil = Instant.MIN;

    private Courier(
            ActorContext<Command> context,
            BridgeSettings.Target target,
            BridgeSettings settings,
            BridgeCounters.OfTarget counters,
            DataSource dataSource,
            Carrier carrier) {
        this.context = context;
        this.target = target;
        this.settings = settings;
        this.counters = counters;
        this.dataSource = dataSource;
        this.carrier = carrier;
        this.database = new Readers("skein-courier-" + target.name(), settings.atOnce() + 2, settings.poll());
    }

    static Behavior<Command> create(
            BridgeSettings.Target target,
            BridgeSettings settings,
            BridgeCounters.OfTarget counters,
            DataSource dataSource) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), settings.poll());
            timers.startTimerWithFixedDelay(new Count(), Duration.ZERO, COUNT);
            var courier =
                    new Courier(context, target, settings, counters, dataSource, carrier(target, settings.timeout()));
            return courier.running();
        }));
    }

    private static Carrier carrier(BridgeSettings.Target target, Duration timeout) {
        return switch (target.type()) {
            case WEBHOOK -> new WebhookCarrier(target, timeout);
            case NOSTR -> new NostrCarrier(target, timeout);
        };
    }

    private Behavior<Command> running() {
        return Behaviors.receive(Command.class)
                .onMessage(Command.class, command -> {
                    hear(command);
                    return Behaviors.same();
                })
                .onSignal(PostStop.class, _ -> {
                    carrier.close();
                    counters.backlog(0, 0); // another node counts now, or nobody
                    return Behaviors.same();
                })
                .build();
    }

    private void hear(Command command) {
        switch (command) {
            case Look _ -> look();
            case Count _ -> ask(Question.Kind.COUNT, this::count);
            case Leased(var deliveries) -> {
                looking = false;
                deliveries.forEach(this::carry);
            }
            case Carried(var delivery, var result) -> carried(delivery, result);
            case Counted _ -> {}
            case Noted _ -> done();
            case Failed(var what, var why) -> {
                switch (what) {
                    case LOOK -> looking = false;
                    case NOTE -> done(); // the lease ends, and the event is carried again: at least once
                    case COUNT -> {}
                }
                context.getLog().warn("the courier to {} cannot reach the database", target.name(), why);
            }
        }
    }

    /** What a target that failed gets is one event: it shows whether it is back. */
    private void look() {
        int free = (failuresInARow == 0 ? settings.atOnce() : 1) - carrying;
        if (looking || free <= 0 || Instant.now().isBefore(pausedUntil)) {
            return;
        }
        looking = true;
        ask(Question.Kind.LOOK, connection -> {
            Instant now = Instant.now();
            // A lease that outlives every attempt: nobody carries what is being carried.
            Instant until = now.plus(settings.timeout().multipliedBy(3));
            return new Leased(BridgeTables.lease(connection, target.name(), now, until, free));
        });
    }

    private Command count(Connection connection) throws SQLException {
        Instant now = Instant.now();
        String why = "not within %s; ".formatted(settings.maxAge());
        int expired = BridgeTables.expire(connection, target.name(), why, now.minus(settings.maxAge()), now);
        counters.countDead(expired);
        BridgeTables.Backlog backlog = BridgeTables.backlog(connection, target.name(), now);
        counters.backlog(
                backlog.waiting(), Duration.between(backlog.oldest(), now).toMillis());
        return new Counted();
    }

    private void carry(Delivery delivery) {
        carrying++;
        var result = new CompletableFuture<Carrier.Result>();
        Thread.ofVirtual().name("skein-courier-" + target.name()).start(() -> {
            try {
                result.complete(attempt(delivery));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                result.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        context.pipeToSelf(
                result, (found, failure) -> new Carried(delivery, failure == null ? found : mistake(failure)));
    }

    /** Policy may have changed since the event was added, and so may what the target's name stands for. */
    private Carrier.Result attempt(Delivery delivery) throws InterruptedException {
        if (!target.allows(delivery.module(), delivery.kind())) {
            return new Carrier.Result.Refused("policy does not let it go there any more");
        }
        try {
            String complaint = Addresses.complaint(target.url(), target.allowPrivateAddress());
            return complaint.isEmpty() ? carrier.carry(delivery) : new Carrier.Result.Refused(complaint);
        } catch (UnknownHostException e) {
            return Carrier.failed("no address of " + e.getMessage());
        }
    }

    private Carrier.Result mistake(Throwable failure) {
        context.getLog().error("carrying to {} failed", target.name(), failure);
        return Carrier.failed("an error of this node's: " + failure);
    }

    private void carried(Delivery delivery, Carrier.Result result) {
        Instant now = Instant.now();
        switch (result) {
            case Carrier.Result.Sent _ -> {
                failuresInARow = 0;
                counters.countSent();
                note(delivery, BridgeTables.SENT, now, "");
            }
            case Carrier.Result.Refused(var why) -> {
                failuresInARow = 0; // it answers
                giveUp(delivery, now, why);
            }
            case Carrier.Result.Failed(var why, var after) -> {
                failuresInARow++;
                pausedUntil = now.plus(longer(pause(failuresInARow), after));
                int attempts = delivery.attempts() + 1;
                if (attempts >= settings.maxAttempts()) {
                    giveUp(delivery, now, "after %d attempts: %s".formatted(attempts, why));
                } else {
                    counters.countFailure();
                    note(delivery, "waiting", now.plus(longer(pause(attempts), after)), why);
                }
            }
        }
    }

    /** An event is in hand until what came of it is noted. */
    private void done() {
        carrying--;
        look();
    }

    private void giveUp(Delivery delivery, Instant now, String why) {
        counters.countDead(1);
        try (var _ = MDC.putCloseable("workspace", delivery.workspace())) {
            context.getLog()
                    .warn(
                            "event {} of workspace {} is given up for {}: {}",
                            delivery.eventId(),
                            delivery.workspace(),
                            target.name(),
                            why);
        }
        note(delivery, BridgeTables.DEAD, now, why);
    }

    /** Whoever failed at one moment does not come back at one moment. */
    private Duration pause(int failures) {
        long doubled = settings.retryMin().toMillis() << Math.min(failures - 1, DOUBLINGS);
        long most = Math.min(doubled, settings.retryMax().toMillis());
        return Duration.ofMillis(most - ThreadLocalRandom.current().nextLong(most / 2 + 1));
    }

    /** What a target asks for is honoured, up to the longest pause. */
    private Duration longer(Duration own, Duration asked) {
        Duration bounded = asked.compareTo(settings.retryMax()) > 0 ? settings.retryMax() : asked;
        return own.compareTo(bounded) > 0 ? own : bounded;
    }

    private void note(Delivery delivery, String state, Instant next, String why) {
        String detail = why.length() <= MAX_DETAIL ? why : why.substring(0, MAX_DETAIL);
        ask(Question.Kind.NOTE, connection -> {
            BridgeTables.note(connection, delivery, state, next, detail);
            return new Noted();
        });
    }

    /** A question to the database. */
    private interface Question {
        /** What it is about. */
        enum Kind {
            LOOK,
            COUNT,
            NOTE
        }

        Command on(Connection connection) throws SQLException;
    }

    private void ask(Question.Kind kind, Question question) {
        context.pipeToSelf(
                database.start(_ -> {
                    try (Connection connection = dataSource.getConnection()) {
                        return new Answer.Found<>(question.on(connection));
                    }
                }),
                (answer, failure) -> answered(kind, answer, failure));
    }

    private static Command answered(Question.Kind kind, @Nullable Answer<Command> answer, @Nullable Throwable failure) {
        return switch (answer) {
            case Answer.Found<Command>(var command) -> command;
            case Answer.Refused<Command>(var refusal) -> new Failed(kind, new IllegalStateException(refusal.message()));
            case null -> new Failed(kind, failure == null ? new IllegalStateException("no answer") : failure);
        };
    }
}
