package io.skein.engine.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The int or long of this component has no sign: 0 to 2^32-1 or 2^64-1. Of an Optional or a List it says so of what is inside. Skein's
 * filters and wires take it so; Java's own {@code <}, {@code /} and {@code toString} do not: {@link Integer#compareUnsigned} and its
 * like are for numbers that may be in the upper half.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Unsigned {}
