/** Decides calls against a workspace's state, without touching it. */
@NullMarked
package io.skein.engine.reducer;

import org.jspecify.annotations.NullMarked;
