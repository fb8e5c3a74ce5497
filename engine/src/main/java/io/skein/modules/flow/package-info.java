/** Workflow graphs: nodes and edges. */
@NullMarked
package io.skein.modules.flow;

import org.jspecify.annotations.NullMarked;
