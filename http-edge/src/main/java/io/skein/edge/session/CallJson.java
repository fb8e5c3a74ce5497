package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Members;
import io.skein.engine.codec.NoSecretKeyException;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What calls are made of, for the native wire and the HTTP API alike. */
public final class CallJson {
    private static final int MAX_EXPECTATIONS = 64;

    private CallJson() {}

    /**
     * A call with its key's digest.
     *
     * @param key of the caller's choice, or null
     * @throws BadJson if the key is not one that callers may use
     */
    public static Call call(
            Identity sender,
            Reducer<?> reducer,
            Object args,
            @Nullable String key,
            List<Expectation> expectations,
            int bytes)
            throws BadJson {
        Call call =
                Call.of(sender, reducer.name(), args).expecting(expectations).ofSize(bytes);
        if (key == null) {
            return call;
        }
        if (key.isEmpty() || key.length() > CallKey.MAX_CHARACTERS || key.startsWith(CallKey.INTERNAL_PREFIX)) {
            throw BadJson.unexpected("a key has 1 to %d characters and does not begin with %s"
                    .formatted(CallKey.MAX_CHARACTERS, CallKey.INTERNAL_PREFIX));
        }
        try {
            return call.withKey(new CallKey(key, Call.digest(reducer, args)));
        } catch (NoSecretKeyException e) {
            // Without a key of the server's the key of the call would have to remember the secret itself; the owner has
            // none either, and says so.
            return call;
        }
    }

    /** The reducer of this name that callers may call. */
    public static Optional<Reducer<?>> reducer(ModuleSchema schema, String name) {
        return Optional.<Reducer<?>>ofNullable(schema.reducer(name)).filter(found -> !found.internal());
    }

    /** Reads {@code {"seq":…}}, {@code {"row":{…}}}, or an array of such. */
    public static List<Expectation> expectations(JsonParser in, ModuleSchema schema) throws IOException, BadJson {
        return in.currentToken() == JsonToken.START_ARRAY
                ? Members.array(in, MAX_EXPECTATIONS, parser -> expectation(parser, schema))
                : List.of(expectation(in, schema));
    }

    private static Expectation expectation(JsonParser in, ModuleSchema schema) throws IOException, BadJson {
        var found = new Expectation[1];
        Members.object(in, (name, parser) -> {
            if (found[0] != null) {
                throw Members.wrong(parser, "one of \"seq\" and \"row\"");
            }
            switch (name) {
                case "seq" -> found[0] = new Expectation.AtSeq(Members.integer(parser, 0, Long.MAX_VALUE));
                case "row" -> found[0] = row(parser, schema);
                default -> throw Members.unknown(name, parser);
            }
        });
        return Members.required(found[0], "seq");
    }

    private static Expectation row(JsonParser in, ModuleSchema schema) throws IOException, BadJson {
        var row = new Object() {
            @Nullable
            Table<?> table;

            @Nullable
            Object key;

            @Nullable
            Long version;
        };
        Members.object(in, (name, parser) -> {
            switch (name) {
                case "table" -> row.table = keyed(Members.string(parser), schema);
                case "key" ->
                    row.key = RowJson.readKey(
                            parser, Members.required(row.table, "table").shape());
                case "version" -> row.version = Members.integer(parser, 0, Long.MAX_VALUE);
                default -> throw Members.unknown(name, parser);
            }
        });
        return new Expectation.RowVersion(
                Members.required(row.table, "table").name(),
                Members.required(row.key, "key"),
                Members.required(row.version, "version"));
    }

    private static Table<?> keyed(String name, ModuleSchema schema) throws BadJson {
        int ordinal = schema.ordinal(name);
        if (ordinal < 0 || schema.table(ordinal).kind() != Table.Kind.KEYED) {
            throw BadJson.unexpected("no table of this name with a primary key");
        }
        return schema.table(ordinal);
    }
}
