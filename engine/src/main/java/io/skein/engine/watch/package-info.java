/** What the nodes of a cluster do, for operators: each node looks at itself once a second, and is asked by whichever node somebody asks. */
@NullMarked
package io.skein.engine.watch;

import org.jspecify.annotations.NullMarked;
