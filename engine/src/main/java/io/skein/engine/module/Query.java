package io.skein.engine.module;

import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A question that a module answers without a transaction (rule Q1): it names rows, and makes answers of those of them that the asker may see. So an
 * answer tells nobody what their view hides, and leaves nothing in the history.
 *
 * @param name as on the wires
 * @param args the shape of its arguments
 * @param answer the shape of each answer
 */
public record Query<A extends Record, R extends Record>(
        String name, Shape<A> args, Shape<R> answer, Scope<A> scope, Body<A, R> body) {
    /** Says which rows a question with these arguments is about. */
    @FunctionalInterface
    public interface Scope<A> {
        List<Rows> of(A args);
    }

    /**
     * Rows of a table.
     *
     * @param where what they have in which columns (snake_case); an index on one of these makes a question cost by its rows instead of by the table
     */
    public record Rows(Table<?> table, Map<String, Object> where) {
        public Rows {
            where = Map.copyOf(where);
        }
    }

    /** Makes the answers. Depends on what is asked alone. What it refuses, it refuses before it gives the stream, which is read once, later, by another thread. */
    @FunctionalInterface
    public interface Body<A, R> {
        Stream<R> answer(Asked<A> asked);
    }

    /** A question and what there is to answer it with. */
    public interface Asked<A> {
        A args();

        Viewer viewer();

        /**
         * The rows of a table that the scope names and the viewer may see, in no particular order.
         *
         * @throws IllegalArgumentException if the scope does not name the table
         */
        <T> List<T> rows(Table<T> table);

        /** Refuses to answer, with code {@code rejected}. */
        default Rejection reject(String reason, String message) {
            return new Rejection(Refusal.rejected(reason, message));
        }
    }
}
