/** The owner's side: the workspace that decides, the ledger that writes, and what both say to relays. */
@NullMarked
package io.skein.engine.workspace;

import org.jspecify.annotations.NullMarked;
