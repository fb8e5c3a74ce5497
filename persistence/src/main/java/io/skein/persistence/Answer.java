package io.skein.persistence;

import io.skein.engine.module.Refusal;

/** What a question to the database came to. */
public sealed interface Answer<T> {
    /** Here it is. */
    record Found<T>(T value) implements Answer<T> {}

    /** Not so, or not now. */
    record Refused<T>(Refusal refusal) implements Answer<T> {}
}
