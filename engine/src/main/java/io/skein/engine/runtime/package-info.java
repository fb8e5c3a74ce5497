/** Starts the engine on a node, and is its door. */
@NullMarked
package io.skein.engine.runtime;

import org.jspecify.annotations.NullMarked;
