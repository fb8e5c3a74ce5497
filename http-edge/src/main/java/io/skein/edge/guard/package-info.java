/** What one address or one identity may have of a node. */
@NullMarked
package io.skein.edge.guard;

import org.jspecify.annotations.NullMarked;
