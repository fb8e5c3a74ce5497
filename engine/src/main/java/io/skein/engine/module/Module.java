package io.skein.engine.module;

/**
 * What an application author writes: tables, reducers and rules. Found by {@link java.util.ServiceLoader}; one instance serves every
 * workspace on a node, so it keeps no state of its own.
 */
public interface Module {
    /** Says what the module consists of; called once when the node starts. */
    void define(Definition module);

    /**
     * Brings the rows of a workspace from an older version of the module to this one, as one journaled transaction before any
     * other command. Added tables and added columns with a fallback need nothing.
     */
    default void migrate(int fromVersion, Tx tx) {}
}
