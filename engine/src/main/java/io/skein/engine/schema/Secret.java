package io.skein.engine.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of this component never lies open on a disk (rule S1): it is sealed in the journal, in snapshots, in exports and between nodes, and open in memory
 * and on the wires, where visibility rules decide who sees it. Of arguments too: what their idempotency key remembers of them cannot be guessed at without
 * the server's key. Not for keys, and in rows not for records inside them.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Secret {}
