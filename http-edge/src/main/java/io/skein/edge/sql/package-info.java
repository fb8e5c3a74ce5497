/** The SQL that clients of the SpacetimeDB wire subscribe with: text to {@link io.skein.engine.view.Filter}s. */
@NullMarked
package io.skein.edge.sql;

import org.jspecify.annotations.NullMarked;
