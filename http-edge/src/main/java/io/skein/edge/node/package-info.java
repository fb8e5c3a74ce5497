/** Puts a node together from its parts. */
@NullMarked
package io.skein.edge.node;

import org.jspecify.annotations.NullMarked;
