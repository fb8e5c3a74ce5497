/** The contract, rule by rule, as a client of the native wire meets it: sockets, a real node, a real PostgreSQL. */
@NullMarked
package io.skein.edge.wire;

import org.jspecify.annotations.NullMarked;
