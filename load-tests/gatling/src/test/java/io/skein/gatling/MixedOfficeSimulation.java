package io.skein.gatling;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.during;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.randomSwitch;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Choice;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** People at work: four of five look on, the others drag and type in bursts, with pauses. The rates are those of {@code mixed-office}. */
public class MixedOfficeSimulation extends Simulation {
    private static final int USERS = Integer.getInteger("users", 100);
    private static final int BOARDS = Integer.getInteger("boards", 5);
    private static final int SECONDS = Integer.getInteger("seconds", 60);
    private static final int ARRIVAL_SECONDS = 5;
    private static final double WORKING_PERCENT = 20;
    private static final Duration DRAG_STEP = Duration.ofMillis(33);
    private static final Duration TYPE_STEP = Duration.ofMillis(125);
    private static final int DRAG_STEPS = 45;
    private static final int TYPE_STEPS = 32;
    private static final int PAUSE_SECONDS = 6;
    private static final int SLOW_MILLIS = 1_000;

    /** Boards first, then people. */
    public MixedOfficeSimulation() {
        var boards = new AtomicInteger();
        var people = new AtomicInteger();
        ScenarioBuilder makers = scenario("who make the boards")
                .exec(session -> session.set("board", Board.id(boards.getAndIncrement())))
                .exec(Board.becomeSomebody(), Board.make());
        ScenarioBuilder office = scenario("who are at work")
                .exec(session -> {
                    int number = people.getAndIncrement();
                    return session.set("who", "p" + number).set("board", Board.id(number % BOARDS));
                })
                .exec(Board.becomeSomebody(), Board.open(false))
                .exec(randomSwitch().on(
                        new Choice.WithWeight(WORKING_PERCENT, works()),
                        new Choice.WithWeight(100 - WORKING_PERCENT, exec(session -> session).pause(SECONDS))))
                .exec(Board.close());
        setUp(makers.injectOpen(atOnceUsers(BOARDS)).andThen(office.injectOpen(rampUsers(USERS).during(ARRIVAL_SECONDS))))
                .protocols(Board.server())
                .assertions(global().failedRequests().count().is(0L), global().responseTime().percentile(99).lt(SLOW_MILLIS));
    }

    private static ChainBuilder works() {
        return during(SECONDS).on(randomSwitch()
                .on(
                        new Choice.WithWeight(50, repeat(DRAG_STEPS).on(Board.addCard("drags").pause(DRAG_STEP))),
                        new Choice.WithWeight(50, repeat(TYPE_STEPS).on(Board.addCard("types").pause(TYPE_STEP))))
                .pause(PAUSE_SECONDS));
    }
}
