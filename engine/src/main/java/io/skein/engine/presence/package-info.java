/**
 * Who is here now and what they point at: ephemeral, never journaled. {@link io.skein.engine.presence.Roster} is the rules, {@link
 * io.skein.engine.presence.PresenceBoard} the actor beside a workspace's ledger that gathers what relays see and tells them all the same.
 */
@NullMarked
package io.skein.engine.presence;

import org.jspecify.annotations.NullMarked;
