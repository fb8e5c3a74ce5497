package io.skein.modules.spaces;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Json;
import io.skein.modules.spaces.SpaceTables.Kind;
import io.skein.modules.spaces.SpaceTables.TreeOp;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads operations as the npm package {@code reptree} 0.9 has them, and refuses whatever it would not make:
 *
 * <pre>
 * move  {id: {counter, peerId}, targetId, parentId}                  parentId null: a root
 * set   {id: {counter, peerId}, targetId, key, value, transient}     no value: the property is taken away
 * </pre>
 */
final class OpReader {
    static final int MAX_OPS = 5_000;

    /** Characters of a tree's, a vertex's and a peer's id. */
    static final int MAX_ID = 128;

    static final int MAX_KEY = 256;

    /** Characters of a property's value as JSON. */
    static final int MAX_VALUE = 64 << 10;

    /** JavaScript counts no further. */
    static final long MAX_COUNTER = (1L << 53) - 1;

    /**
     * {@code reptree} orders equal counters by {@code localeCompare}, for which texts that differ may be equal, and writes ids with an {@code @}. Of these
     * characters alone it is sure that two that differ come in the same order for everybody.
     */
    private static final Pattern PEER_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");

    private static final JsonFactory FACTORY = new JsonFactory();

    private final Tx tx;
    private final String treeId;
    private final List<TreeOp> ops = new ArrayList<>();

    OpReader(Tx tx, String treeId) {
        this.tx = tx;
        this.treeId = treeId;
    }

    /** The operations of an array, in its order. */
    List<TreeOp> read(Json json) {
        try (JsonParser in = FACTORY.createParser(json.text())) {
            tx.require(in.nextToken() == JsonToken.START_ARRAY, "bad_op", "ops is no array");
            while (in.nextToken() != JsonToken.END_ARRAY) {
                tx.require(
                        ops.size() < MAX_OPS, "too_many_ops", "a call has at most %,d operations".formatted(MAX_OPS));
                ops.add(new OneOp().read(in));
            }
            return ops;
        } catch (IOException e) {
            throw new UncheckedIOException("a json argument is not JSON", e);
        }
    }

    private Rejection bad(String what) {
        return tx.reject("bad_op", place() + " " + what);
    }

    private String place() {
        return "ops[" + ops.size() + "]";
    }

    /** What one operation says. */
    private final class OneOp {
        private long counter = -1;
        private @Nullable String peerId;
        private @Nullable String targetId;
        private boolean isMove;
        private Optional<String> parentId = Optional.empty();
        private @Nullable String key;
        private Optional<Json> value = Optional.empty();
        private boolean isTransient;

        TreeOp read(JsonParser in) throws IOException {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                throw bad("is no object");
            }
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                in.nextToken();
                member(name, in);
            }
            return finish();
        }

        private void member(String name, JsonParser in) throws IOException {
            switch (name) {
                case "id" -> id(in);
                case "targetId" -> targetId = text(name, in);
                case "parentId" -> {
                    isMove = true;
                    parentId =
                            in.currentToken() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(text(name, in));
                }
                case "key" -> key = text(name, in);
                case "value" -> value = Optional.of(value(in));
                case "transient" -> {
                    if (!in.currentToken().isBoolean()) {
                        throw bad("has a transient that is neither true nor false");
                    }
                    isTransient = in.getBooleanValue();
                }
                default -> throw bad("has a member " + shown(name));
            }
        }

        private void id(JsonParser in) throws IOException {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                throw bad("has an id that is no object");
            }
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "counter" -> counter = counter(in);
                    case "peerId" -> peerId = text(name, in);
                    default -> throw bad("has an id with a member " + shown(name));
                }
            }
        }

        private long counter(JsonParser in) throws IOException {
            boolean isInteger = in.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!isInteger || in.getLongValue() < 1 || in.getLongValue() > MAX_COUNTER) {
                throw tx.reject("bad_counter", place() + ": a counter is an integer from 1 to " + MAX_COUNTER);
            }
            return in.getLongValue();
        }

        private String text(String name, JsonParser in) throws IOException {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw bad("has a " + name + " that is no string");
            }
            return in.getText();
        }

        private Json value(JsonParser in) throws IOException {
            var text = new StringWriter();
            try (JsonGenerator copy = FACTORY.createGenerator(text)) {
                copy.copyCurrentStructureExact(in);
            }
            tx.require(
                    text.getBuffer().length() <= MAX_VALUE,
                    "value_too_large",
                    "%s: a value has at most %,d characters as JSON".formatted(place(), MAX_VALUE));
            return new Json(text.toString());
        }

        private TreeOp finish() {
            if (counter < 0 || peerId == null || targetId == null) {
                throw bad("has no id with a counter and a peerId, or no targetId");
            }
            if (isMove == (key != null)) {
                throw bad("has a parentId and a key, or neither");
            }
            tx.require(!isTransient, "transient_op", place() + ": transient operations are not kept");
            requirePeerId(tx, peerId);
            requireId(tx, place() + ".targetId", targetId);
            parentId.ifPresent(id -> requireId(tx, place() + ".parentId", id));
            Kind kind = isMove ? Kind.MOVE : value.isPresent() ? Kind.SET : Kind.UNSET;
            if (isMove && value.isPresent()) {
                throw bad("is a move with a value");
            }
            tx.require(
                    key == null || key.length() <= MAX_KEY,
                    "bad_key",
                    "%s: a key has at most %d characters".formatted(place(), MAX_KEY));
            return new TreeOp(treeId, peerId, counter, 0, kind, targetId, parentId, Optional.ofNullable(key), value);
        }
    }

    static void requireId(Tx tx, String what, String id) {
        tx.require(!id.isEmpty() && id.length() <= MAX_ID, "bad_id", what + " has 1 to " + MAX_ID + " characters");
    }

    static void requirePeerId(Tx tx, String id) {
        tx.require(
                PEER_ID.matcher(id).matches(),
                "bad_peer",
                "a peer's id has 1 to 128 letters, digits, hyphens and underscores, and begins with a letter or digit");
    }

    /** A text of somebody's, short enough to show. */
    static String shown(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
