/** Whose workspaces are whose, and which of them must be woken: a projection of the journal. */
@NullMarked
package io.skein.persistence.catalog;

import org.jspecify.annotations.NullMarked;
