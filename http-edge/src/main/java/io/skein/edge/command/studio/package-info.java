/** Brings workflow files into a database of module {@code studio}. */
@NullMarked
package io.skein.edge.command.studio;

import org.jspecify.annotations.NullMarked;
