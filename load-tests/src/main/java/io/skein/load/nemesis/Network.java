package io.skein.load.nemesis;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Where the members of a cluster live. Members are {@code pg} and {@code n1}, {@code n2} …; each has an address for the others and
 * nodes have one for clients, which faults between members do not touch.
 */
interface Network extends Closeable {
    /** What goes in front of a command so that it runs as this member. */
    List<String> enter(String member);

    /** The address that other members reach it at. */
    String inside(String member);

    /** The address that clients reach it at. */
    String outside(String member);

    /** Whether the ways between members can be cut. */
    boolean canCut();

    /** What a reader of the report should know. */
    String description();

    /** Packets from one member to another vanish. */
    void cut(String from, String to) throws IOException, InterruptedException;

    /** All ways between members are as they were. */
    void heal() throws IOException, InterruptedException;
}
