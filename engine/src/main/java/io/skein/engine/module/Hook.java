package io.skein.engine.module;

/** Something a module does at a turn of a workspace's or a session's life, as a transaction. */
@FunctionalInterface
public interface Hook {
    void run(Tx tx);
}
