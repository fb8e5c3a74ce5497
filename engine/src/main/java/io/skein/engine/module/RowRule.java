package io.skein.engine.module;

/**
 * Says who may see a row. Must depend on its arguments alone; it is evaluated on the owner node for every change of the row, and of
 * other tables that it reads.
 */
@FunctionalInterface
public interface RowRule<R> {
    boolean mayRead(Viewer viewer, R row, Tables tables);
}
