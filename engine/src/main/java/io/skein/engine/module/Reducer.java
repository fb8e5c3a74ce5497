package io.skein.engine.module;

import io.skein.engine.schema.Shape;
import java.util.Optional;

/**
 * A command that a module offers.
 *
 * @param name as on the wires
 * @param args the shape of its arguments; their order is the record's
 * @param minimum the least role that may call it
 * @param internal only the engine and schedules may call it
 * @param answer the shape of what it answers with, if it does
 * @param query it changes nothing, and answers from the workspace as it is: no transaction comes of it
 */
public record Reducer<A>(
        String name,
        Shape<A> args,
        Role minimum,
        boolean internal,
        Optional<Shape<?>> answer,
        boolean query,
        Body<A> body) {
    /** What the command does. */
    @FunctionalInterface
    public interface Body<A> {
        void run(Tx tx, A args);
    }

    /** What a query says. */
    @FunctionalInterface
    public interface Question<A, B extends Record> {
        B answer(Reading reading, A args);
    }

    /** The arguments of a reducer that has none. */
    public record None() {}
}
