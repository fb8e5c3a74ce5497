package io.skein.engine.state;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;

/** A refused call that carried the caller's key. It is journaled beside the transactions, so that its repetition gets the same answer. */
public record RefusedCall(Identity sender, CallKey key, long timeMicros, Refusal refusal) {}
