package io.skein.engine.state;

/**
 * A row in a table.
 *
 * @param version the {@code seq} that last wrote it
 * @param copies 1, or how often a multiset holds it
 * @param bytes what it takes of the canonical bytes of the transaction that wrote it: the measure of a workspace's size
 */
public record Stored<R>(R row, long version, int copies, int bytes) {}
