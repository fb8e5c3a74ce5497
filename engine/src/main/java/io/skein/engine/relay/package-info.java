/** A node's side of a workspace: the relay that listens to the owner, the logs it keeps, and the outboxes of its sessions. */
@NullMarked
package io.skein.engine.relay;

import org.jspecify.annotations.NullMarked;
