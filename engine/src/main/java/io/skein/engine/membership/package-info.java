/** What every workspace has beside its module's tables: itself, members, invitations, scheduled commands. */
@NullMarked
package io.skein.engine.membership;

import org.jspecify.annotations.NullMarked;
