package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.edge.json.Members;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.relay.Relay;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.Signal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client's half of the native wire: frames to messages. Whatever arrives, each message of a frame is answered by its own. */
final class NativeRequests {
    /** The members that each type may have beside {@code type} and {@code id}. */
    private static final Map<String, Set<String>> MEMBERS = Map.of(
            "hello", Set.of("subs", "resume", "presence"),
            "subscribe", Set.of("sub", "tables"),
            "unsubscribe", Set.of("sub"),
            "call", Set.of("reducer", "args", "key", "expect", "traceparent"),
            "signal", Set.of("name", "payload", "to"),
            "presence", Set.of("state", "active", "watch", "leave", "refresh"),
            "token", Set.of("token"),
            "ping", Set.of());

    private static final long MAX_ID = (1L << 53) - 1;
    private static final long MAX_SUB = (1L << 32) - 1;
    private static final int MAX_NAME = 128;
    private static final int MAX_MESSAGES = 1_000;
    private static final int MAX_TOKEN = 8 << 10;
    /** What W3C's next version may need beside the 55 characters of this one. */
    private static final int MAX_TRACEPARENT = 256;

    private final Json json;
    private final ModuleSchema schema;
    private final Identity sender;
    private final FilterJson filters;
    private final int maxSubscriptions;
    private final int maxSignalBytes;

    NativeRequests(
            Json json, ModuleSchema schema, Identity sender, int maxTerms, int maxSubscriptions, int maxSignalBytes) {
        this.json = json;
        this.schema = schema;
        this.sender = sender;
        this.filters = new FilterJson(schema, maxTerms);
        this.maxSubscriptions = maxSubscriptions;
        this.maxSignalBytes = maxSignalBytes;
    }

    /** What calls are calls of. */
    ModuleSchema schema() {
        return schema;
    }

    /** The messages of a frame; a frame that is no JSON is one bad message. */
    List<ClientMessage> read(byte[] frame) {
        try {
            return json.readUtf8(frame, parser -> {
                if (parser.currentToken() != JsonToken.START_ARRAY) {
                    JsonStreamContext root = parser.getParsingContext();
                    return List.of(message(parser, root.inRoot() ? root : root.getParent(), frame.length));
                }
                return several(parser, frame.length);
            });
        } catch (BadJson e) {
            return List.of(new ClientMessage.Bad(-1, false, refusal(e)));
        }
    }

    private List<ClientMessage> several(JsonParser parser, int bytes) throws IOException, BadJson {
        var messages = new ArrayList<ClientMessage>();
        JsonStreamContext frame = parser.getParsingContext();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (messages.size() == MAX_MESSAGES) {
                throw Members.wrong(parser, "at most " + MAX_MESSAGES + " messages in a frame");
            }
            messages.add(message(parser, frame, bytes));
        }
        return messages;
    }

    /**
     * @param outside where the message stands: the frame, or an array of messages
     */
    private ClientMessage message(JsonParser parser, JsonStreamContext outside, int bytes) throws IOException {
        var draft = new Draft();
        try {
            Members.object(parser, draft::member);
            return draft.finish(bytes);
        } catch (BadJson e) {
            while (!outside.equals(parser.getParsingContext())) {
                parser.nextToken(); // what was not read of it
            }
            return new ClientMessage.Bad(draft.id == null ? -1 : draft.id, "call".equals(draft.type), refusal(e));
        }
    }

    private static Refusal refusal(BadJson e) {
        return Refusal.of(
                e.kind() == BadJson.Kind.TOO_LARGE ? ErrorCode.TOO_LARGE : ErrorCode.INVALID_ARGS,
                String.valueOf(e.getMessage()));
    }

    /** A message while its members come in, in whatever order. */
    private final class Draft {
        private final Set<String> seen = new HashSet<>();
        private @Nullable String type;
        private @Nullable Long id;
        private @Nullable Long sub;
        private @Nullable TokenBuffer tables;
        private @Nullable List<Subscription> subs;
        private Optional<Relay.Resume> resume = Optional.empty();
        private @Nullable String reducer;
        private @Nullable Object args;
        private @Nullable TokenBuffer unreadArgs;
        private @Nullable String key;
        private List<Expectation> expectations = List.of();
        private @Nullable String name;
        private @Nullable String token;
        private String traceparent = "";
        private io.skein.engine.schema.Json payload = io.skein.engine.schema.Json.NULL;
        private Signal.Target to = new Signal.Target.Everyone();
        private @Nullable PresenceJson presence;

        void member(String member, JsonParser in) throws IOException, BadJson {
            switch (member) {
                case "type" -> type = Members.string(in);
                case "id" -> id = Members.integer(in, 0, MAX_ID);
                default -> {
                    seen.add(member);
                    specific(member, in);
                }
            }
        }

        private void specific(String member, JsonParser in) throws IOException, BadJson {
            switch (member) {
                case "sub" -> sub = Members.integer(in, 0, MAX_SUB);
                case "tables" -> tables = copy(in);
                case "subs" -> subs = Members.array(in, maxSubscriptions, this::subscription);
                case "resume" -> resume = Optional.of(resume(in));
                case "reducer" -> reducer = Members.string(in, 1, MAX_NAME);
                case "args" -> args(in);
                case "key" -> key = Members.string(in);
                case "expect" -> expectations = CallJson.expectations(in, schema);
                case "token" -> token = Members.string(in, 1, MAX_TOKEN);
                case "traceparent" -> traceparent = Members.string(in, 0, MAX_TRACEPARENT);
                case "name" -> name = Members.string(in, 1, MAX_NAME);
                case "payload" -> payload = payload(in);
                case "to" -> to = target(in);
                case "presence" -> Members.object(in, presence()::member);
                case "state", "active", "watch", "leave", "refresh" ->
                    presence().member(member, in);
                default -> throw Members.unknown(member, in);
            }
        }

        private PresenceJson presence() {
            PresenceJson started = presence == null ? new PresenceJson() : presence;
            presence = started;
            return started;
        }

        /** Arguments are read as the reducer's record; where they stand before its name, once that is known. */
        private void args(JsonParser in) throws IOException, BadJson {
            if (reducer == null) {
                unreadArgs = copy(in);
            } else {
                var found = CallJson.reducer(schema, reducer);
                if (found.isPresent()) {
                    args = RowJson.readRow(in, found.get().args());
                } else {
                    in.skipChildren();
                }
            }
        }

        private TokenBuffer copy(JsonParser in) throws IOException {
            var buffer = new TokenBuffer(in);
            buffer.copyCurrentStructure(in);
            return buffer;
        }

        private Subscription subscription(JsonParser in) throws IOException, BadJson {
            var one = new Object() {
                @Nullable
                Long number;

                @Nullable
                Subscription read;
            };
            Members.object(in, (member, parser) -> {
                switch (member) {
                    case "sub" -> one.number = Members.integer(parser, 0, MAX_SUB);
                    case "tables" -> one.read = filters.tables(parser, 0);
                    default -> throw Members.unknown(member, parser);
                }
            });
            return new Subscription(
                    Members.required(one.number, "sub"),
                    Members.required(one.read, "tables").tables());
        }

        private Relay.Resume resume(JsonParser in) throws IOException, BadJson {
            var cursor = new Object() {
                @Nullable
                String epoch;

                @Nullable
                Long seq;

                @Nullable
                String view;
            };
            Members.object(in, (member, parser) -> {
                switch (member) {
                    case "epoch" -> cursor.epoch = Members.string(parser, 0, MAX_NAME);
                    case "seq" -> cursor.seq = Members.integer(parser, 0, MAX_ID);
                    case "view" -> cursor.view = Members.string(parser, 0, MAX_NAME);
                    default -> throw Members.unknown(member, parser);
                }
            });
            return new Relay.Resume(
                    Members.required(cursor.epoch, "epoch"),
                    Members.required(cursor.seq, "seq"),
                    Members.required(cursor.view, "view"));
        }

        private io.skein.engine.schema.Json payload(JsonParser in) throws IOException, BadJson {
            var value = RowJson.readJson(in);
            if (value.text().length() > maxSignalBytes) {
                throw Members.wrong(in, "a payload of at most " + maxSignalBytes + " bytes");
            }
            return value;
        }

        private Signal.Target target(JsonParser in) throws IOException, BadJson {
            var target = new Signal.Target[1];
            Members.object(in, (member, parser) -> {
                String value = Members.string(parser);
                try {
                    target[0] = switch (member) {
                        case "role" -> new Signal.Target.AtLeast(Role.ofWire(value));
                        case "identity" -> new Signal.Target.Only(Identity.parse(value));
                        default -> throw Members.unknown(member, parser);
                    };
                } catch (IllegalArgumentException e) {
                    throw Members.wrong(parser, "a role or an identity");
                }
            });
            return Members.required(target[0], "role");
        }

        ClientMessage finish(int bytes) throws IOException, BadJson {
            String kind = Members.required(type, "type");
            Set<String> allowed = MEMBERS.get(kind);
            if (allowed == null) {
                throw BadJson.unexpected("unknown type; one of " + new java.util.TreeSet<>(MEMBERS.keySet()));
            }
            for (String member : seen) {
                if (!allowed.contains(member)) {
                    throw BadJson.unexpected("a " + kind + " has no member \"" + member + "\"");
                }
            }
            long number = Members.required(id, "id");
            return switch (kind) {
                case "hello" ->
                    new ClientMessage.Hello(
                            number,
                            Optional.ofNullable(distinct(subs)),
                            resume,
                            Optional.ofNullable(presence).map(PresenceJson::finish));
                case "subscribe" -> subscribe(number);
                case "unsubscribe" -> new ClientMessage.Unsubscribe(number, Members.required(sub, "sub"));
                case "call" -> call(number, bytes);
                case "signal" -> new ClientMessage.Emit(number, Members.required(name, "name"), payload, to);
                case "presence" -> new ClientMessage.Present(number, presence().finish());
                case "token" -> new ClientMessage.Renew(number, Members.required(token, "token"));
                case "ping" -> new ClientMessage.Ping(number);
                default -> throw new IllegalStateException("a type without a reader: " + kind);
            };
        }

        private ClientMessage subscribe(long number) throws IOException, BadJson {
            long wanted = Members.required(sub, "sub");
            try (JsonParser in = Members.required(tables, "tables").asParser()) {
                in.nextToken();
                return new ClientMessage.Subscribe(number, filters.tables(in, wanted));
            }
        }

        private ClientMessage call(long number, int bytes) throws IOException, BadJson {
            String called = Members.required(reducer, "reducer");
            Optional<Reducer<?>> found = CallJson.reducer(schema, called);
            if (found.isEmpty()) {
                return new ClientMessage.Bad(number, true, Refusal.of(ErrorCode.NOT_FOUND, "no reducer " + called));
            }
            return new ClientMessage.Request(
                    number,
                    CallJson.call(sender, found.get(), arguments(found.get()), key, expectations, bytes),
                    traceparent);
        }

        private Object arguments(Reducer<?> called) throws IOException, BadJson {
            if (args != null) {
                return args;
            }
            if (unreadArgs != null) {
                try (JsonParser in = unreadArgs.asParser()) {
                    in.nextToken();
                    return RowJson.readRow(in, called.args());
                }
            }
            return json.read(
                    "{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                    in -> RowJson.readRow(in, called.args()));
        }

        private static @Nullable List<Subscription> distinct(@Nullable List<Subscription> subscriptions)
                throws BadJson {
            if (subscriptions != null
                    && subscriptions.stream()
                                    .map(Subscription::number)
                                    .distinct()
                                    .count()
                            < subscriptions.size()) {
                throw BadJson.unexpected("two subs have one number");
            }
            return subscriptions;
        }
    }
}
