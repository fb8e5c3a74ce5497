/** The engine: schema, reducers, visibility, and the actors that carry them. */
@NullMarked
package io.skein.engine;

import org.jspecify.annotations.NullMarked;
