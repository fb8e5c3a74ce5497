/** The commands of {@code ./skein}. */
@NullMarked
package io.skein.edge.command;

import org.jspecify.annotations.NullMarked;
