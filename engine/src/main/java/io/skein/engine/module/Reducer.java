package io.skein.engine.module;

import io.skein.engine.schema.Shape;

/**
 * A command that a module offers.
 *
 * @param name as on the wires
 * @param args the shape of its arguments; their order is the record's
 * @param minimum the least role that may call it
 * @param internal only the engine and schedules may call it
 */
public record Reducer<A>(String name, Shape<A> args, Role minimum, boolean internal, Body<A> body) {
    /** What the command does. */
    @FunctionalInterface
    public interface Body<A> {
        void run(Tx tx, A args);
    }

    /** The arguments of a reducer that has none. */
    public record None() {}
}
