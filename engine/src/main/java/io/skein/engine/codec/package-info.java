/** The canonical bytes of values: what is journaled, hashed and sent between nodes. */
@NullMarked
package io.skein.engine.codec;

import org.jspecify.annotations.NullMarked;
