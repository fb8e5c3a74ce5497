/** Benchmarks against other systems: what is run, in which order, and how it is reported. */
@NullMarked
package io.skein.load.rooms;

import org.jspecify.annotations.NullMarked;
