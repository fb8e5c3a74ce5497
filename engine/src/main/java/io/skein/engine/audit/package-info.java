/** What is told of changes to who may what: pure, derived from the transactions that made them. */
@NullMarked
package io.skein.engine.audit;

import org.jspecify.annotations.NullMarked;
