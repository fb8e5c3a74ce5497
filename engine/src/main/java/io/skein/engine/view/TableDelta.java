package io.skein.engine.view;

import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import java.util.List;

/**
 * What a transaction did to one table, as one subscription sees it.
 *
 * @param ops never empty
 */
public record TableDelta(long subscription, Table<?> table, List<RowOp> ops) {}
