/** The client that loads a system: one Netty event loop with all members of all rooms, and what it measures. */
@NullMarked
package io.skein.load.drive;

import org.jspecify.annotations.NullMarked;
