/** A node of the next version, for rolling upgrades: an application of the engine with a module of its own. */
@NullMarked
package io.skein.load.upgrade;

import org.jspecify.annotations.NullMarked;
