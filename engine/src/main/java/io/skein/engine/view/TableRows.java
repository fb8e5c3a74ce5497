package io.skein.engine.view;

import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import java.util.List;

/** The rows of one table that one subscription sees at one {@code seq}. */
public record TableRows(long subscription, Table<?> table, List<Stored<?>> rows) {}
