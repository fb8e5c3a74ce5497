/**
 * A workspace: a small transactional database that lives in one sharded, persistent actor.
 *
 * <p>The pure parts (schema, module, state, tx, reducer, membership, view, codec) know no actor; a test holds this.
 */
@NullMarked
package io.skein.engine;

import org.jspecify.annotations.NullMarked;
