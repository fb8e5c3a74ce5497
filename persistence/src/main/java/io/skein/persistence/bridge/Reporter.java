package io.skein.persistence.bridge;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.OutboxRule;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import io.skein.persistence.bridge.BridgeTables.Report;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Tells workspaces what became of their events. A workspace that cannot be had is told later, again and again; what it has been told is dropped from the
 * table. It may be told twice.
 */
final class Reporter {
    /** What a reporter hears. */
    sealed interface Command {}

    private record Look() implements Command {}

    private record Taken(List<Report> reports) implements Command {}

    private record Told(Report report) implements Command {}

    private record NotTold(Report report, String why) implements Command {}

    private record Failed(Throwable why) implements Command {}

    private static final int AT_ONCE = 64;
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final ActorContext<Command> context;
    private final Engine engine;
    private final DataSource dataSource;
    private final Readers database;
    private final List<String> targets;
    private List<Report> told = new ArrayList<>();
    private boolean looking;
    private boolean hasBegun;
    private int telling;

    private Reporter(ActorContext<Command> context, Engine engine, DataSource dataSource, BridgeSettings settings) {
        this.context = context;
        this.engine = engine;
        this.dataSource = dataSource;
        this.targets =
                settings.targets().stream().map(BridgeSettings.Target::name).toList();
        this.database = new Readers("skein-bridge-reporter", 1, settings.poll());
    }

    static Behavior<Command> create(Engine engine, DataSource dataSource, BridgeSettings settings) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), settings.poll());
            return new Reporter(context, engine, dataSource, settings).running();
        }));
    }

    private Behavior<Command> running() {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Look _ -> look();
                case Taken(var reports) -> {
                    looking = false;
                    hasBegun = true;
                    reports.forEach(this::tell);
                }
                case Told(var report) -> {
                    telling--;
                    told.add(report);
                }
                case NotTold(var report, var why) -> {
                    telling--;
                    context.getLog()
                            .warn(
                                    "workspace {} is told later what became of {}: {}",
                                    report.workspace(),
                                    report.settled().id(),
                                    why);
                }
                case Failed(var why) -> {
                    looking = false;
                    context.getLog().warn("the bridge cannot reach the database", why);
                }
            }
            return Behaviors.same();
        });
    }

    private void look() {
        if (looking || telling >= AT_ONCE) {
            return;
        }
        looking = true;
        List<Report> dropped = told;
        told = new ArrayList<>();
        boolean first = !hasBegun;
        int free = AT_ONCE - telling;
        context.pipeToSelf(
                database.start(_ -> new Answer.Found<>(dropAndTake(dropped, first, free))),
                (answer, failure) -> taken(answer, failure));
    }

    private List<Report> dropAndTake(List<Report> dropped, boolean first, int limit) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (first) {
                BridgeTables.dropOrphans(connection, targets);
            }
            for (Report report : dropped) {
                BridgeTables.drop(connection, report);
            }
            Instant now = Instant.now();
            return BridgeTables.takeSettled(connection, now, now.plus(AGAIN), limit);
        }
    }

    private static Command taken(@Nullable Answer<List<Report>> answer, @Nullable Throwable failure) {
        return switch (answer) {
            case Answer.Found<List<Report>>(var reports) -> new Taken(reports);
            case Answer.Refused<List<Report>>(var refusal) -> new Failed(new IllegalStateException(refusal.message()));
            case null -> new Failed(failure == null ? new IllegalStateException("no answer") : failure);
        };
    }

    private void tell(Report report) {
        telling++;
        Optional<OutboxRule<?>> rule = engine.modules().find(report.module()).flatMap(schema -> schema.outbox());
        if (rule.isEmpty()) {
            context.getSelf().tell(new NotTold(report, "this node has no such module with an outbox"));
            return;
        }
        Call call = Call.internal(Identity.SYSTEM, rule.get().settledBy(), report.settled());
        context.pipeToSelf(
                engine.call(report.workspace(), call), (outcome, failure) -> heard(report, outcome, failure));
    }

    /** A workspace that is gone need not know. Any other refusal may pass. */
    private static Command heard(Report report, @Nullable Outcome outcome, @Nullable Throwable failure) {
        return switch (outcome) {
            case Outcome.Accepted _, Outcome.Answered _ -> new Told(report);
            case Outcome.Refused(var refusal, var _) when refusal.code() == ErrorCode.NOT_FOUND -> new Told(report);
            case Outcome.Refused(var refusal, var _) -> new NotTold(report, refusal.message());
            case null -> new NotTold(report, String.valueOf(failure));
        };
    }
}
