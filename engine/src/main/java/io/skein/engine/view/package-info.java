/** What of a workspace somebody sees: audiences, filters, and the evaluation of transactions and snapshots through them. */
@NullMarked
package io.skein.engine.view;

import org.jspecify.annotations.NullMarked;
