@NullMarked
package io.skein.edge.guard;

import org.jspecify.annotations.NullMarked;
