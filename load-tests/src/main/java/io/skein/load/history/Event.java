package io.skein.load.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the recorded history of one workspace. Lines stand in the order in which things happened to the clients, which share one
 * clock; {@code at} is microseconds since the run began. What the server says is kept word for word.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Event.Scene.class, name = "scene"),
    @JsonSubTypes.Type(value = Event.Opened.class, name = "opened"),
    @JsonSubTypes.Type(value = Event.Called.class, name = "called"),
    @JsonSubTypes.Type(value = Event.Heard.class, name = "heard"),
    @JsonSubTypes.Type(value = Event.Closed.class, name = "closed"),
    @JsonSubTypes.Type(value = Event.Committed.class, name = "committed"),
    @JsonSubTypes.Type(value = Event.Final.class, name = "final")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Event {
    /**
     * The first line.
     *
     * @param settledSeq up to here the workspace was made and its members joined; these calls are not recorded
     * @param tables by name
     * @param callableBy by reducer: the lowest role that may call it
     * @param added by table: columns that a later version of the module has, at the end and with what rows of before have there
     * @param effects by reducer: how a call of it shows in its transaction; reducers without a mark of their own are absent
     */
    record Scene(
            String workspace,
            String epoch,
            long settledSeq,
            Map<String, Table> tables,
            Map<String, String> callableBy,
            Map<String, Effect> effects,
            @Nullable Map<String, Map<String, JsonNode>> added)
            implements Event {}

    /**
     * A client opens a socket and says hello.
     *
     * @param session number of the socket, in the whole file
     * @param client who keeps rows and a cursor over several sockets
     * @param member its identity
     * @param tables what it subscribes to
     * @param resume where it stopped, if it returns
     */
    record Opened(
            long at,
            int session,
            int client,
            String member,
            String node,
            List<String> tables,
            @Nullable Cursor resume) implements Event {}

    /** A call goes out, for the first time or again with the same key. */
    record Called(long at, int session, long id, String key, String reducer, JsonNode args) implements Event {}

    /** A message of the server came in. */
    record Heard(long at, int session, JsonNode message) implements Event {}

    /** The socket is gone; what had no answer is unknown. */
    record Closed(long at, int session, String why) implements Event {}

    /** After the run: one transaction of the server's own history, as the owner of the workspace may see it. */
    record Committed(JsonNode transaction) implements Event {}

    /** After the run: the rows that a member may see, by HTTP. */
    record Final(String member, JsonNode snapshot) implements Event {}

    /**
     * What a table is.
     *
     * @param kind keyed, multiset or event
     * @param readableBy the lowest role that may read it
     * @param key its primary key's columns, in order
     */
    record Table(String kind, String readableBy, List<String> key) {}

    /**
     * How an accepted call shows.
     *
     * @param operation insert, update or delete
     * @param column whose value in the row is the argument; for delete, the key itself is
     * @param argument unique to the call among calls of its sender and reducer
     */
    record Effect(String table, String operation, String column, String argument) {}

    /** What a client resumes by. */
    record Cursor(String epoch, long seq, String view) {}
}
