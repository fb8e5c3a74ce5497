/**
 * PostgreSQL: opening it (embedded or external), migrating it, and the journal's configuration on top of it.
 */
@NullMarked
package io.skein.persistence;

import org.jspecify.annotations.NullMarked;
