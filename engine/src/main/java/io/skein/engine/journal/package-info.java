/** The bytes that outlive the process: transactions, groups of them, snapshots. */
@NullMarked
package io.skein.engine.journal;

import org.jspecify.annotations.NullMarked;
