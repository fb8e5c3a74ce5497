/** Carries what modules put into their outboxes to other systems: a projection of the journal, and a courier for each target. */
@NullMarked
package io.skein.persistence.bridge;

import org.jspecify.annotations.NullMarked;
