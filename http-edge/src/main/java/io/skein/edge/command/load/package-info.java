/** A small load for a running server; the load tests of the project are a module of their own. */
@NullMarked
package io.skein.edge.command.load;

import org.jspecify.annotations.NullMarked;
