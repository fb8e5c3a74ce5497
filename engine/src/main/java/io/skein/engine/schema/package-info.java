/** What rows look like: identities, column types, shapes of records, tables and their indexes. */
@NullMarked
package io.skein.engine.schema;

import org.jspecify.annotations.NullMarked;
