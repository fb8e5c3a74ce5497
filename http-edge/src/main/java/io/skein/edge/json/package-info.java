/** Strict JSON in and plain JSON out: what every wire of the edge reads and writes with. */
@NullMarked
package io.skein.edge.json;

import org.jspecify.annotations.NullMarked;
