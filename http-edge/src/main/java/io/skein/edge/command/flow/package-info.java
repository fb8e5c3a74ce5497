/** Brings workflow graphs from a file into workspaces of module {@code flow}. */
@NullMarked
package io.skein.edge.command.flow;

import org.jspecify.annotations.NullMarked;
