package io.skein.gatling;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;

/** People come into one board, say who they are, hear who else is there, stay a while, and go. */
public class PresenceChurnSimulation extends Simulation {
    private static final double RATE = Double.parseDouble(System.getProperty("rate", "10"));
    private static final int STAY_SECONDS = Integer.getInteger("stay", 5);
    private static final int SECONDS = Integer.getInteger("seconds", 30);
    private static final int SLOW_MILLIS = 1_000;

    /** The board first, then people. */
    public PresenceChurnSimulation() {
        String board = Board.id(0);
        ScenarioBuilder maker = scenario("who makes the board")
                .exec(session -> session.set("board", board))
                .exec(Board.becomeSomebody(), Board.make());
        ScenarioBuilder guest = scenario("who comes and goes")
                .exec(session -> session.set("board", board))
                .exec(Board.becomeSomebody(), Board.open(true))
                .pause(STAY_SECONDS)
                .exec(Board.close());
        setUp(maker.injectOpen(atOnceUsers(1)).andThen(guest.injectOpen(constantUsersPerSec(RATE).during(SECONDS))))
                .protocols(Board.server())
                .assertions(global().failedRequests().count().is(0L), global().responseTime().percentile(99).lt(SLOW_MILLIS));
    }
}
