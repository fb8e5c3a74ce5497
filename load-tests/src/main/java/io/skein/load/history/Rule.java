package io.skein.load.history;

/** The rules of {@code docs/SPEC.md} that a recorded history can be held to. */
public enum Rule {
    /** Consecutive seqs from 1. */
    O1,
    /** Every visible transaction once and in order; own outcomes at their place. */
    O2,
    /** A snapshot is the fold of what was before it. */
    O3,
    /** A transaction is one message. */
    O4,
    /** Nobody hears of what is not durable. */
    D1,
    /** What was acknowledged is not lost. */
    D2,
    /** One history: what stands under a seq is the same for everyone. */
    D3,
    /** One key, one outcome, one effect. */
    I1,
    /** A refused call changes nothing. */
    V1,
    /** No errors of the server's own making. */
    V3,
    /** Nobody does what the role does not allow. */
    M1,
    /** Nobody hears what the role does not allow. */
    M2,
    /** A role change takes effect at its seq. */
    M3,
    /** Exactly the tail, or a snapshot and why. */
    R1,
    /** A cursor that does not hold any more is stale. */
    R2,
    /** The chain of hashes ends where the server says. */
    H1,
    /** Whoever listens gets to the end once there is quiet. */
    LIVE
}
