/** The live sync and replay substrate of agent fleets: streams of events with checkpoints, who is there and what it can do, work, and a bridge. */
@NullMarked
package io.skein.modules.streams;

import org.jspecify.annotations.NullMarked;
