package io.skein.gatling;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.regex;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.util.UUID;

/** What people do with boards, as steps of scenarios: over the HTTP API and the native wire ({@code docs/native-wire.md}). */
final class Board {
    private static final String BASE = System.getProperty("base", "http://127.0.0.1:8080");
    private static final String TOKEN = System.getProperty("token", "");
    /** Boards of a run are its own. */
    private static final String RUN = UUID.randomUUID().toString().substring(0, 8);

    private static final int PATIENCE_SECONDS = 10;

    private Board() {}

    /** Where the server is. */
    static HttpProtocolBuilder server() {
        return http.baseUrl(BASE).wsBaseUrl(BASE.replaceFirst("^http", "ws"));
    }

    /** The id of one of the run's boards. */
    static String id(int number) {
        return "gatling-" + RUN + "-" + number;
    }

    /** Becomes somebody: with the token that was given, or anonymously. */
    static ChainBuilder becomeSomebody() {
        if (!TOKEN.isEmpty()) {
            return exec(session -> session.set("token", TOKEN));
        }
        return exec(http("a new identity")
                .post("/v1/identity")
                .check(status().in(200, 201), jsonPath("$.token").saveAs("token")));
    }

    /** Makes board number {@code #{board}}, to which everybody may write; it may be there already. */
    static ChainBuilder make() {
        return exec(http("a new board")
                .post("/v1/workspaces")
                .header("Authorization", "Bearer #{token}")
                .header("Content-Type", "application/json")
                .body(StringBody("{\"id\":\"#{board}\",\"module\":\"board\",\"name\":\"Gatling\",\"access\":\"public-write\"}"))
                .check(status().in(200, 201)));
    }

    /** Opens a socket on {@code #{board}} and waits for the cards, or with presence for the list of who is there. */
    static ChainBuilder open(boolean presence) {
        String hello = "{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":[{\"table\":\"card\"}]}]"
                + (presence ? ",\"presence\":{\"state\":{\"name\":\"#{board}\"}}}" : "}");
        return exec(ws("opens a socket")
                        .connect("/v1/workspaces/#{board}/socket")
                        .subprotocol("v1.json.skein")
                        .header("Authorization", "Bearer #{token}"))
                .exec(ws("says hello")
                        .sendText(hello)
                        .await(PATIENCE_SECONDS)
                        .on(ws.checkTextMessage(presence ? "hears who is there" : "has the cards")
                                .matching(regex(presence ? "\"type\":\"presence\"" : "\"type\":\"snapshot\"").exists())));
    }

    /** Adds a card and waits until that is durable. Calls of a session count from 1. */
    static ChainBuilder addCard(String step) {
        return exec(session -> session.set("call", session.contains("call") ? session.getInt("call") + 1 : 1))
                .exec(ws(step)
                        .sendText("{\"type\":\"call\",\"id\":#{call},\"reducer\":\"add_card\",\"args\":{\"id\":\"#{who}-#{call}\","
                                + "\"title\":\"a card of a simulation\",\"column\":0},\"key\":\"#{who}-#{call}\"}")
                        .await(PATIENCE_SECONDS)
                        .on(ws.checkTextMessage("is told that it is durable")
                                .matching(regex("\"type\":\"outcome\",\"id\":#{call},").exists())
                                .check(regex("\"type\":\"outcome\",\"id\":#{call},\"ok\":true").exists())));
    }

    /** Ends the session, with a word. */
    static ChainBuilder close() {
        return exec(ws("goes").close());
    }
}
