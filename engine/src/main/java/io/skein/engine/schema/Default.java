package io.skein.engine.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a column holds in rows that were written before the column was there, and an argument that a caller left out. The text is
 * read by the column's type: a number, {@code true}, a string as it is, an enum constant's name, JSON. Optional columns are
 * empty by default and lists have no elements, without this annotation.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    String value();
}
