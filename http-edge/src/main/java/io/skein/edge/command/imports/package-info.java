/** What commands share that bring data from files into workspaces of a running server. */
@NullMarked
package io.skein.edge.command.imports;

import org.jspecify.annotations.NullMarked;
