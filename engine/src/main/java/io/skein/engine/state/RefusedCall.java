package io.skein.engine.state;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;

/**
 * A refused call that carried the caller's key. It is journaled beside the transactions, so that its repetition gets the same answer.
 *
 * @param afterSeq the workspace's {@code seq} when it was refused: what is remembered is forgotten in the order in which it happened, and
 *     replay keeps that order
 */
public record RefusedCall(Identity sender, CallKey key, long afterSeq, long timeMicros, Refusal refusal) {}
