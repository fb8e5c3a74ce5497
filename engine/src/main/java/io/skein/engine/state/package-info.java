/** A workspace's content as immutable values, and the one way from one state to the next. */
@NullMarked
package io.skein.engine.state;

import org.jspecify.annotations.NullMarked;
