/** What the journal holds: pages of a workspace's transactions, its state at any of them, and the proof that nothing was changed. */
@NullMarked
package io.skein.persistence.history;

import org.jspecify.annotations.NullMarked;
